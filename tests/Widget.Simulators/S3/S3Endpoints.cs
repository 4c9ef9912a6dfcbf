using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Widget.Simulators.S3;

/// <summary>The objects of the simulated storage.</summary>
public sealed class SimulatedS3
{
    public const string Key = "sim-s3-key";
    public const string Secret = "sim-s3-secret";
    public const string Bucket = "recordings";
    public const string Region = "us-east-1";

    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// The part of S3's API that stores, reads, lists and deletes objects, with addresses in path style. Each request must be signed with
/// Signature Version 4, which is computed again from the request as it arrived.
/// </summary>
public static class S3Endpoints
{
    private static readonly XNamespace Xml = "http://s3.amazonaws.com/doc/2006-03-01/";

    public static void MapS3(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/s3/{bucket}/{**key}", ["GET", "PUT", "DELETE"], AnswerAsync);
        routes.MapGet("/control/s3/objects", (SimulatedS3 storage) => storage.Objects.Keys.Order());
    }

    private static async Task AnswerAsync(string bucket, string? key, HttpContext http, SimulatedS3 storage)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        if (SignatureV4.Problem(http, body.ToArray()) is { } problem)
        {
            await RefuseAsync(http, 403, "SignatureDoesNotMatch", problem);
            return;
        }

        if (bucket != SimulatedS3.Bucket)
        {
            await RefuseAsync(http, 404, "NoSuchBucket", "The specified bucket does not exist");
            return;
        }

        switch (http.Request.Method)
        {
            case "PUT":
                storage.Objects[key!] = body.ToArray();
#pragma warning disable CA5351 // S3 defines the ETag as the MD5 of the object.
                http.Response.Headers.ETag = $"\"{Convert.ToHexStringLower(MD5.HashData(body.ToArray()))}\"";
#pragma warning restore CA5351
                return;
            case "DELETE":
                storage.Objects.TryRemove(key!, out _);
                http.Response.StatusCode = 204;
                return;
            case "GET" when string.IsNullOrEmpty(key):
                await ListAsync(http, storage);
                return;
            default:
                await ReadAsync(key!, http, storage);
                return;
        }
    }

    private static async Task ReadAsync(string key, HttpContext http, SimulatedS3 storage)
    {
        if (!storage.Objects.TryGetValue(key, out var content))
        {
            await RefuseAsync(http, 404, "NoSuchKey", "The specified key does not exist.");
            return;
        }

        var range = http.Request.Headers.Range.ToString();
        if (range.StartsWith("bytes=", StringComparison.Ordinal))
        {
            var from = int.Parse(range["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture);
            if (from >= content.Length)
            {
                await RefuseAsync(http, 416, "InvalidRange", "The requested range is not satisfiable");
                return;
            }

            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
            content = content[from..];
        }

        http.Response.ContentLength = content.Length;
        await http.Response.Body.WriteAsync(content);
    }

    private static Task ListAsync(HttpContext http, SimulatedS3 storage)
    {
        var prefix = http.Request.Query["prefix"].ToString();
        var found = storage.Objects.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var list = new XElement(
            Xml + "ListBucketResult",
            new XElement(Xml + "Name", SimulatedS3.Bucket),
            new XElement(Xml + "Prefix", prefix),
            new XElement(Xml + "KeyCount", found.Count),
            new XElement(Xml + "MaxKeys", 1000),
            new XElement(Xml + "IsTruncated", "false"),
            found.Select(entry => new XElement(
                Xml + "Contents",
                new XElement(Xml + "Key", entry.Key),
                new XElement(Xml + "Size", entry.Value.Length),
                new XElement(Xml + "LastModified", "2026-01-01T00:00:00.000Z"),
                new XElement(Xml + "StorageClass", "STANDARD"))));
        http.Response.ContentType = "application/xml";
        return http.Response.WriteAsync(list.ToString());
    }

    private static Task RefuseAsync(HttpContext http, int status, string code, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/xml";
        return http.Response.WriteAsync(new XElement("Error", new XElement("Code", code), new XElement("Message", message)).ToString());
    }
}

/// <summary>Checks AWS Signature Version 4 (docs.aws.amazon.com, "Signature Calculations for the Authorization Header").</summary>
internal static class SignatureV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>What is wrong with a request's signature; null if it is right.</summary>
    public static string? Problem(HttpContext http, byte[] body)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith($"{Algorithm} ", StringComparison.Ordinal)) return "The request is not signed.";
        var parts = header[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        if (parts["Credential"].Split('/') is not [SimulatedS3.Key, var date, SimulatedS3.Region, "s3", "aws4_request"])
            return "The credential scope is wrong.";
        var payload = http.Request.Headers["x-amz-content-sha256"].ToString();
        if (payload != "UNSIGNED-PAYLOAD" && payload != Hex(SHA256.HashData(body))) return "The body does not match its hash.";
        var signed = parts["SignedHeaders"].Split(';');
        var canonical = string.Join(
            '\n',
            [
                http.Request.Method,
                string.Join('/', http.Request.Path.Value!.Split('/').Select(Uri.EscapeDataString)),
                string.Join('&', http.Request.Query.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                    .Select(entry => $"{Uri.EscapeDataString(entry.Key)}={Uri.EscapeDataString(entry.Value.ToString())}")),
                .. signed.Select(name => $"{name}:{http.Request.Headers[name].ToString().Trim()}"),
                "",
                string.Join(';', signed),
                payload,
            ]);
        var time = http.Request.Headers["x-amz-date"].ToString();
        var text = string.Join(
            '\n',
            Algorithm,
            time,
            $"{date}/{SimulatedS3.Region}/s3/aws4_request",
            Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        var key = new[] { date, SimulatedS3.Region, "s3", "aws4_request" }
            .Aggregate(Encoding.UTF8.GetBytes($"AWS4{SimulatedS3.Secret}"), Hmac);
        return Hex(Hmac(key, text)) == parts["Signature"] ? null : "The signature does not match.";
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}

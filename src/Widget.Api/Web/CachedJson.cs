using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Widget.Api.Web;

/// <summary>Public JSON that clients and proxies may cache for a while and then revalidate by its entity tag.</summary>
internal static class CachedJson
{
    /// <summary>Returns the value, or 304 if the caller has the current version.</summary>
    /// <param name="http">The request.</param>
    /// <param name="value">What to send.</param>
    /// <param name="maxAge">How long it may be used without revalidation.</param>
    public static IResult Of<T>(HttpContext http, T value, TimeSpan maxAge)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            value,
            http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 12))}\"");
        var headers = http.Response.GetTypedHeaders();
        headers.CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = maxAge };
        // Results.Bytes answers If-None-Match.
        return Results.Bytes(json, "application/json; charset=utf-8", entityTag: tag);
    }
}

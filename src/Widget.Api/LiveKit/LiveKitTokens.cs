using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Api.LiveKit;

/// <summary>The grants of a token, under LiveKit's names (livekit/protocol, auth/grants.go).</summary>
internal sealed record VideoGrants
{
    public string? Room { get; init; }

    public bool? RoomJoin { get; init; }

    public bool? RoomCreate { get; init; }

    public bool? RoomList { get; init; }

    public bool? RoomAdmin { get; init; }
}

/// <summary>LiveKit's access tokens: JSON Web Tokens, signed with HMAC-SHA256.</summary>
internal static class LiveKitTokens
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly string Header = Encode("""{"alg":"HS256","typ":"JWT"}"""u8);

    // Clocks differ a little.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(10);

    /// <param name="account">The server and its key.</param>
    /// <param name="grants">What the token allows.</param>
    /// <param name="now">The time.</param>
    /// <param name="lifetime">How long the token can be used to connect.</param>
    /// <param name="identity">The participant; null for a token of this server.</param>
    /// <param name="name">The participant's name.</param>
    public static string Create(
        LiveKitAccount account,
        VideoGrants grants,
        DateTimeOffset now,
        TimeSpan lifetime,
        string? identity = null,
        string? name = null)
    {
        var claims = new
        {
            iss = account.Key,
            sub = identity,
            name,
            nbf = (now - ClockSkew).ToUnixTimeSeconds(),
            exp = (now + lifetime).ToUnixTimeSeconds(),
            video = grants,
        };
        var content = $"{Header}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims, Json))}";
        return $"{content}.{Encode(Sign(account, content))}";
    }

    /// <summary>
    /// Whether LiveKit has signed this body: the token of the request is signed with the account's secret, is valid now, and contains the
    /// hash of the bytes as they were received (livekit/protocol, webhook/verifier.go).
    /// </summary>
    public static bool IsSigned(LiveKitAccount account, string? token, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (token?.Split('.') is not [var header, var payload, var signature]) return false;
        if (!Base64Url.IsValid(header) || !Base64Url.IsValid(payload) || !Base64Url.IsValid(signature)) return false;
        var expected = Sign(account, $"{header}.{payload}");
        if (!CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(signature), expected)) return false;
        try
        {
            var claims = JsonSerializer.Deserialize<WebhookClaims>(Base64Url.DecodeFromChars(payload), Json);
            var algorithm = JsonSerializer.Deserialize<TokenHeader>(Base64Url.DecodeFromChars(header), Json);
            if (algorithm?.Alg != "HS256" || claims?.Iss != account.Key || claims.Sha256 is null) return false;
            if (claims.Exp is { } expires && DateTimeOffset.FromUnixTimeSeconds(expires) + ClockSkew < now) return false;
            if (claims.Nbf is { } notBefore && DateTimeOffset.FromUnixTimeSeconds(notBefore) - ClockSkew > now) return false;
            return CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(claims.Sha256),
                Encoding.ASCII.GetBytes(Convert.ToBase64String(SHA256.HashData(body))));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Sign(LiveKitAccount account, string content) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(account.Secret), Encoding.ASCII.GetBytes(content));

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private sealed record TokenHeader(string? Alg);

    private sealed record WebhookClaims(string? Iss, long? Exp, long? Nbf, string? Sha256);
}

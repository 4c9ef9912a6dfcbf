using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Widget.Api.Tests.Rooms;

/// <summary>Webhooks as LiveKit signs them.</summary>
internal static class LiveKitHook
{
    public const string Key = "devkey";
    public const string Secret = "secret-of-the-simulated-livekit-server";

    /// <returns>The body, and the token of its Authorization header.</returns>
    public static (string Body, string Token) Sign(string kind, string room, string sid, string name, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds();
        var body = JsonSerializer.Serialize(new
        {
            @event = kind,
            room = new { sid = "RM_1", name = room },
            participant = new
            {
                sid,
                identity = name.ToLowerInvariant(),
                name,
                state = "ACTIVE",
                joinedAt = seconds.ToString(CultureInfo.InvariantCulture),
            },
            id = $"EV_{Guid.NewGuid():N}",
            createdAt = seconds.ToString(CultureInfo.InvariantCulture),
        });
        var claims = JsonSerializer.Serialize(new
        {
            iss = Key,
            nbf = seconds,
            exp = seconds + 300,
            sha256 = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(body))),
        });
        var content = $"{Encode("""{"alg":"HS256"}""")}.{Encode(claims)}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(content));
        return (body, $"{content}.{Base64Url.EncodeToString(signature)}");
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}

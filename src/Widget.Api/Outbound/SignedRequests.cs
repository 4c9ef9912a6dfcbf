using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StandardWebhooks;

namespace Widget.Api.Outbound;

/// <summary>Requests that are signed as described by Standard Webhooks (https://www.standardwebhooks.com).</summary>
internal static class SignedRequests
{
    /// <summary>The beginning of a secret.</summary>
    public const string SecretPrefix = "whsec_";

    private const int RandomBytes = 32;

    /// <summary>For how long a replaced secret signs beside the new one, so that receivers can be changed without a gap.</summary>
    public static readonly TimeSpan SecretOverlap = TimeSpan.FromHours(24);

    /// <summary>A new secret: <c>whsec_</c> and 32 random bytes in base64.</summary>
    public static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <param name="url">The receiver.</param>
    /// <param name="id">The message's id, the same for all attempts.</param>
    /// <param name="now">The time of sending, so that a receiver can refuse old messages that somebody else sends again.</param>
    /// <param name="body">JSON.</param>
    /// <param name="secrets">Each signs the message. Several are used while a secret is replaced.</param>
    /// <param name="product">The name of the sender, for <c>User-Agent</c>.</param>
    public static HttpRequestMessage Post(
        Uri url,
        string id,
        DateTimeOffset now,
        string body,
        IReadOnlyList<string> secrets,
        string product)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.UserAgent.ParseAdd($"{product}/1.0");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var signatures = secrets.Select(secret => new StandardWebhook(secret).Sign(id, now, body));
        request.Headers.TryAddWithoutValidation("webhook-signature", string.Join(' ', signatures));
        return request;
    }
}

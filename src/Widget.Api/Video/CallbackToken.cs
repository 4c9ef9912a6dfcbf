using System.Security.Cryptography;
using System.Text;

namespace Widget.Api.Video;

/// <summary>
/// The secret in the URL for a call's callbacks. Tavus does not sign callbacks, so only this secret proves that Tavus sent them. The
/// database stores its hash.
/// </summary>
internal static class CallbackToken
{
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tavus;

namespace Widget.Api.Chat.Pages;

/// <summary>The content security policies of our own pages.</summary>
internal static class PagePolicy
{
    /// <summary>For a page without the chat.</summary>
    public const string WithoutChat = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'";

    // Video calls use Daily. Its client loads a script from its servers. If that fails, the widget shows the room's page in a frame.
    private const string Daily = "https://*.daily.co https://*.dailywebrtc.com https://*.dailywebrtc.net";
    private const string Sockets = "wss://*.daily.co wss://*.dailywebrtc.com wss://*.dailywebrtc.net";

    /// <summary>For a page with the chat.</summary>
    /// <param name="style">The page's inline style sheet.</param>
    /// <param name="addresses">The addresses of the page's pictures.</param>
    /// <param name="tavus">Where video calls are.</param>
    public static string WithChat(string style, IEnumerable<string> addresses, TavusApiOptions tavus)
    {
        // A gateway in front of Tavus, or a simulated Tavus, may serve rooms itself.
        var rooms = tavus.Endpoint == TavusApiOptions.Public ? "" : " " + tavus.Endpoint.GetLeftPart(UriPartial.Authority);
        // In development, pictures may come from this machine without https.
        var pictures = string.Concat(addresses.Select(picture => new Uri(picture))
            .Where(picture => picture.Scheme == Uri.UriSchemeHttp)
            .Select(picture => " " + picture.GetLeftPart(UriPartial.Authority))
            .Distinct(StringComparer.Ordinal));
        return $"default-src 'none'; script-src 'self' {Daily}; style-src 'self' {HashOf(style)}; "
            + $"connect-src 'self' {Daily} {Sockets}; frame-src {Daily}{rooms}; "
            + $"worker-src blob:; media-src blob:; img-src 'self' https: data:{pictures}; base-uri 'none'; form-action 'none'";
    }

    /// <summary>Allows one inline style sheet.</summary>
    public static string HashOf(string style) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'";
}

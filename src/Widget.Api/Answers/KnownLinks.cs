using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>
/// The addresses that an answer may link to: those of its sources, those that stand in their text, the tenant's own in the settings, and
/// the home pages of these sites. A model makes addresses up that look right, and a visitor follows them.
/// </summary>
public sealed partial class KnownLinks
{
    private readonly HashSet<string> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _texts = [];

    /// <param name="sources">What the answer rests on, and what earlier answers of the conversation rested on.</param>
    /// <param name="settings">The tenant's.</param>
    public KnownLinks(IEnumerable<Citation> sources, TenantSettings settings)
    {
        if (settings.ContactUrl is { } contact) Add(contact);
        foreach (var source in sources)
        {
            if (source.Url is { } url) Add(url);
            foreach (var match in Address().EnumerateMatches(source.Text)) Add(source.Text.Substring(match.Index, match.Length));
            _texts.Add(source.Text);
        }
    }

    /// <param name="address">As a link names it: http, https, mailto or tel; a fragment does not count.</param>
    public bool Contains(string address)
    {
        if (Web(address) is { } uri) return _addresses.Contains(Normalize(uri)) || (uri.PathAndQuery == "/" && _hosts.Contains(uri.Authority));
        if (address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
        {
            var mail = address["mailto:".Length..].Split('?')[0];
            return _addresses.Contains("mailto:" + mail) || (Mail().IsMatch(mail) && _texts.Exists(text => text.Contains(mail, StringComparison.OrdinalIgnoreCase)));
        }

        if (!address.StartsWith("tel:", StringComparison.OrdinalIgnoreCase)) return false;
        var digits = Digits(address);
        return digits.Length >= 6 && (_addresses.Contains("tel:" + digits) || _texts.Exists(text => Digits(text).Contains(digits, StringComparison.Ordinal)));
    }

    private void Add(string address)
    {
        if (Web(address) is { } uri)
        {
            _addresses.Add(Normalize(uri));
            _hosts.Add(uri.Authority);
        }
        else if (address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
        {
            _addresses.Add(address.Split('?')[0]);
        }
        else if (address.StartsWith("tel:", StringComparison.OrdinalIgnoreCase))
        {
            _addresses.Add("tel:" + Digits(address));
        }
    }

    private static Uri? Web(string address)
    {
        var whole = address.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? "https://" + address : address;
        // A name or password before the host is how an address pretends to be another.
        return Uri.TryCreate(whole, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 ? uri : null;
    }

    private static string Normalize(Uri uri) => uri.Authority + uri.AbsolutePath.TrimEnd('/') + uri.Query;

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    [GeneratedRegex("""(https?://|\bwww\.)[^\s<>"'`|\[\]]*[^\s<>"'`|\[\].,;:!?)*_~]""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    internal static partial Regex Address();

    [GeneratedRegex(@"^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mail();
}

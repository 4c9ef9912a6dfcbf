using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>
/// The addresses that an answer may link to: those of its sources, those in the sources' text and in the tenant's settings, and the home
/// pages of these sites. A model may invent an address that looks right, and a visitor would follow it.
/// </summary>
public sealed partial class KnownLinks
{
    /// <summary>A shorter number could be part of any other number in a text.</summary>
    private const int MinPhoneDigits = 6;

    private readonly HashSet<string> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _texts = [];

    /// <param name="sources">The sources of the answer and of earlier answers in the conversation.</param>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="texts">Other texts whose addresses may be used, such as results of tools.</param>
    public KnownLinks(IEnumerable<Citation> sources, TenantSettings settings, IReadOnlyList<string>? texts = null)
    {
        if (settings.ContactUrl is { } contact) Add(contact);
        foreach (var source in sources)
        {
            if (source.Url is { } url) Add(url);
            AddText(source.Text);
        }

        foreach (var text in texts ?? []) AddText(text);
    }

    /// <param name="address">An http, https, mailto or tel address. Its fragment is ignored.</param>
    public bool Contains(string address)
    {
        if (ParseWeb(address) is { } uri)
            return _addresses.Contains(Normalize(uri)) || (uri.PathAndQuery == "/" && _hosts.Contains(uri.Authority));
        if (address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            return ContainsMail(address["mailto:".Length..].Split('?')[0]);
        return address.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) && ContainsPhone(Digits(address));
    }

    private bool ContainsMail(string mail) =>
        _addresses.Contains("mailto:" + mail)
        || (Mail().IsMatch(mail) && _texts.Exists(text => text.Contains(mail, StringComparison.OrdinalIgnoreCase)));

    private bool ContainsPhone(string digits) =>
        digits.Length >= MinPhoneDigits
        && (_addresses.Contains("tel:" + digits) || _texts.Exists(text => Digits(text).Contains(digits, StringComparison.Ordinal)));

    private void AddText(string text)
    {
        foreach (var match in Address().EnumerateMatches(text)) Add(text.Substring(match.Index, match.Length));
        _texts.Add(text);
    }

    private void Add(string address)
    {
        if (ParseWeb(address) is { } uri)
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

    private static Uri? ParseWeb(string address)
    {
        var whole = address.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? "https://" + address : address;
        // A name or password before the host makes an address look like another one.
        return Uri.TryCreate(whole, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
            ? uri
            : null;
    }

    private static string Normalize(Uri uri) => uri.Authority + uri.AbsolutePath.TrimEnd('/') + uri.Query;

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    [GeneratedRegex(
        """(https?://|\bwww\.)[^\s<>"'`|\[\]]*[^\s<>"'`|\[\].,;:!?)*_~]""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    internal static partial Regex Address();

    [GeneratedRegex(@"^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mail();
}

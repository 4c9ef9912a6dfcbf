using System.Globalization;
using System.Text;

namespace Widget.Rag.Fetching;

/// <summary>
/// The rules of a site's robots.txt for this crawler (RFC 9309). Groups that name the crawler apply; if there are none, those for "*"
/// apply. The longest rule that matches a path wins. If two have the same length, "allow" wins.
/// </summary>
public sealed class RobotsTxt
{
    /// <summary>The crawler's product token in robots.txt.</summary>
    public const string ProductToken = "WidgetBot";

    /// <summary>Maximum number of bytes read of a robots.txt. RFC 9309, section 2.5, allows to ignore the rest.</summary>
    public const int MaxFileBytes = 500 * 1024;

    /// <summary>Longest crawl delay that is respected. A site that asks for more would effectively not be crawled.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    private readonly List<(bool Allow, string Pattern)> _rules;

    private RobotsTxt(List<(bool Allow, string Pattern)> rules, TimeSpan? delay, List<string> siteMaps) =>
        (_rules, Delay, SiteMaps) = (rules, delay, siteMaps);

    /// <summary>For a site that has no robots.txt.</summary>
    public static RobotsTxt AllowAll { get; } = new([], null, []);

    /// <summary>
    /// The site's crawl-delay, at most <see cref="MaxDelay"/>; null when it sets none. The RFC does not define crawl-delay, but many
    /// sites use it.
    /// </summary>
    public TimeSpan? Delay { get; }

    /// <summary>Addresses of the site's site maps, as written.</summary>
    public IReadOnlyList<string> SiteMaps { get; }

    public static RobotsTxt Parse(string text)
    {
        var (ours, everyone) = (new Group(), new Group());
        var siteMaps = new List<string>();
        var current = new List<Group>();
        var (named, inRules) = (false, false);
        foreach (var raw in text.TrimStart('\uFEFF').Split(['\r', '\n']))
        {
            var line = raw.Split('#')[0];
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var (key, value) = (line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim());
            switch (key)
            {
                case "user-agent":
                    // Consecutive user-agent lines share the rules that follow.
                    if (inRules) current.Clear();
                    inRules = false;
                    if (value == "*") current.Add(everyone);
                    else if (IsOurs(value)) current.Add(ours);
                    named |= value != "*" && IsOurs(value);
                    break;
                case "allow" or "disallow":
                    inRules = true;
                    if (value.Length > 0) current.ForEach(group => group.Rules.Add((key == "allow", Canonical(value))));
                    break;
                case "crawl-delay":
                    inRules = true;
                    if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
                        current.ForEach(group => group.Delay ??= TimeSpan.FromSeconds(Math.Min(seconds, MaxDelay.TotalSeconds)));
                    break;
                case "sitemap":
                    if (value.Length > 0) siteMaps.Add(value);
                    break;
            }
        }

        var group = named ? ours : everyone;
        return new RobotsTxt(group.Rules, group.Delay, siteMaps);
    }

    /// <summary>Whether a page may be fetched.</summary>
    public bool Allows(Uri page)
    {
        var path = Canonical(page.PathAndQuery);
        if (path == "/robots.txt") return true;
        var (longest, allowed) = (-1, true);
        foreach (var (allow, pattern) in _rules)
        {
            if (pattern.Length < longest || (pattern.Length == longest && !allow) || !Matches(pattern, path)) continue;
            (longest, allowed) = (pattern.Length, allow);
        }

        return allowed;
    }

    // A token must be followed by a version or nothing: "widgetbot/1.0" is this crawler, "widgetbot-images" is not.
    private static bool IsOurs(string agent)
    {
        var end = 0;
        while (end < agent.Length && (char.IsAsciiLetter(agent[end]) || agent[end] is '-' or '_')) end++;
        return agent.AsSpan(0, end).Equals(ProductToken, StringComparison.OrdinalIgnoreCase);
    }

    // "*" matches any characters; "$" at the end matches the end of the path. The match is greedy with a single backtrack point, so its
    // time is bounded by the product of the lengths.
    private static bool Matches(string pattern, string path)
    {
        var anchored = pattern.EndsWith('$');
        if (anchored) pattern = pattern[..^1];
        else pattern += '*';
        var (p, t, star, mark) = (0, 0, -1, 0);
        while (t < path.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark, p) = (p, t, p + 1);
            else if (p < pattern.Length && pattern[p] == path[t]) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, mark, t) = (star + 1, mark + 1, mark + 1);
            else return false;
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    // Bytes outside ASCII are compared percent-encoded, and escaped unreserved characters unescaped (RFC 9309, section 2.2.2).
    private static string Canonical(string path)
    {
        var text = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%'
                && i + 2 < path.Length
                && byte.TryParse(path.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var octet))
            {
                if (char.IsAsciiLetterOrDigit((char)octet) || (char)octet is '-' or '.' or '_' or '~') text.Append((char)octet);
                else text.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
                i += 2;
            }
            else if (path[i] > '\u007F')
            {
                var width = i + 1 < path.Length && char.IsSurrogatePair(path[i], path[i + 1]) ? 2 : 1;
                foreach (var part in Encoding.UTF8.GetBytes(path.Substring(i, width)))
                    text.Append(CultureInfo.InvariantCulture, $"%{part:X2}");
                i += width - 1;
            }
            else
            {
                text.Append(path[i]);
            }
        }

        return text.ToString();
    }

    private sealed class Group
    {
        public List<(bool Allow, string Pattern)> Rules { get; } = [];

        public TimeSpan? Delay { get; set; }
    }
}

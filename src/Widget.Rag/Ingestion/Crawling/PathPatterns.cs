using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// Selects a site's pages by path. In a pattern, <c>*</c> matches anything but a slash and <c>**</c> matches anything. A pattern that ends
/// in a slash matches everything below. Patterns are case-sensitive, as paths are.
/// </summary>
public sealed class PathPatterns
{
    private readonly Regex[] _include;
    private readonly Regex[] _exclude;

    public PathPatterns(IEnumerable<string> include, IEnumerable<string> exclude)
    {
        _include = [.. include.Select(Compile)];
        _exclude = [.. exclude.Select(Compile)];
    }

    /// <summary>What is wrong with a pattern, in plain words; null when it is valid.</summary>
    public static string? Problem(string pattern) =>
        !pattern.StartsWith('/') ? $"The pattern \"{pattern}\" must start with a slash, for example /blog/**."
        : pattern.Length > 500 ? "A pattern can have at most 500 characters."
        : null;

    /// <summary>Whether a page is included and not excluded. Without include patterns, all pages are included.</summary>
    public bool Allow(Uri page) => Follow(page) && (_include.Length == 0 || Array.Exists(_include, pattern => pattern.IsMatch(Path(page))));

    /// <summary>Whether a page may be fetched for its links: it is not excluded.</summary>
    public bool Follow(Uri page) => !Array.Exists(_exclude, pattern => pattern.IsMatch(Path(page)));

    private static string Path(Uri page) => Uri.UnescapeDataString(page.AbsolutePath);

    // Without backtracking, so that the time is linear for every pattern and path.
    private static Regex Compile(string pattern)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '*')
            {
                regex.Append(Regex.Escape(pattern[i..(i + 1)]));
            }
            else if (i + 1 < pattern.Length && pattern[i + 1] == '*')
            {
                regex.Append(".*");
                i++;
            }
            else
            {
                regex.Append("[^/]*");
            }
        }

        regex.Append(pattern.EndsWith('/') ? "" : "$");
        return new Regex(regex.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }
}

using System.Text.RegularExpressions;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>A question of a visitor (tests/data/visitors, tests/data/reading).</summary>
/// <param name="Company">The company whose site is asked.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Kind">paraphrase, direct, table, parts, compare, reading, cross, unanswerable, elsewhere or social.</param>
/// <param name="Text">The question.</param>
/// <param name="Pages">The pages that answer; several for a question with several parts.</param>
/// <param name="Facts">What a right answer contains, one for each part.</param>
internal sealed record VisitorQuestion(
    string Company,
    string Language,
    string Kind,
    string Text,
    IReadOnlyList<string> Pages,
    IReadOnlyList<string> Facts)
{
    public bool IsAnswerable => Kind is "paraphrase" or "direct" or "table" or "parts" or "compare" or "reading" or "cross";

    /// <summary>Whether a text contains a fact, apart from case, dashes and spaces.</summary>
    public static bool Contains(string text, string fact) =>
        Plain(text).Contains(Plain(fact), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string text) =>
        Regex.Replace(Regex.Replace(text, @"[*_`\\]", "").Replace('–', '-').Replace('’', '\''), @"\s+", " ");
}

/// <summary>The made-up companies and the questions of their visitors.</summary>
internal static class Visitors
{
    /// <param name="part">"fit", which weights and thresholds are fitted on, or "heldout", which is only measured.</param>
    /// <param name="set">The folder below tests/data: "visitors" or "reading".</param>
    public static IReadOnlyList<VisitorQuestion> Questions(string part, string set = "visitors") =>
    [
        .. File.ReadLines(Path.Combine(Folder(set), part, "questions.tsv")).Skip(1).Select(line => line.Split('\t')).Select(row =>
            new VisitorQuestion(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4].Split(',', StringSplitOptions.RemoveEmptyEntries),
                row[5].Split('|', StringSplitOptions.RemoveEmptyEntries))),
    ];

    /// <summary>Imports every company's pages for a tenant of its own, and the texts of each part of "reading" for another one.</summary>
    public static async Task<Dictionary<string, TenantId>> ImportAsync(TestDatabase database, Knowledge knowledge)
    {
        var tenants = new Dictionary<string, TenantId>(StringComparer.Ordinal);
        var folders = new[] { "visitors", "reading" }.SelectMany(
            set => new[] { "fit", "heldout" }.Select(part => Path.Combine(Folder(set), part)));
        foreach (var company in folders.SelectMany(Directory.GetDirectories))
        {
            var tenant = await database.AddTenantAsync();
            var pages = Directory.GetFiles(company, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(page => (
                Path.ChangeExtension(Path.GetRelativePath(company, page), null),
                File.ReadLines(page).First().TrimStart('#', ' '),
                File.ReadAllText(page)));
            await knowledge.ImportAsync(tenant, [.. pages]);
            await knowledge.FillSemanticBacklogAsync(tenant);
            tenants.Add(Path.GetFileName(company), tenant);
        }

        return tenants;
    }

    private static string Folder(string set) => Path.Combine(Repository.Root, "tests", "data", set);
}

using System.Text.RegularExpressions;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>What can be checked of the documents: that what they point to is there, and that what is there is in them.</summary>
public sealed partial class DocumentationShould
{
    [Fact]
    public void Point_only_to_what_exists()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Concat(
            Directory.GetFiles(Repository.Root, "*.md"))
            .ToList();
        pages.Count.ShouldBeGreaterThan(10);

        var broken = pages.SelectMany(page => Link().Matches(File.ReadAllText(page))
            .Select(link => link.Groups["target"].Value)
            .Where(
                target => !target.Contains("://", StringComparison.Ordinal)
                    && !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)))
            .Select(target => $"{Path.GetRelativePath(Repository.Root, page)} → {target}"));

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void Exist_where_the_code_refers_to_them()
    {
        var references = Sources().SelectMany(file => Reference().Matches(File.ReadAllText(file)).Select(match => match.Value)).Distinct()
            .ToList();

        references.ShouldNotBeEmpty();
        references.Where(page => !File.Exists(Path.Combine(Repository.Root, page))).ShouldBeEmpty();
    }

    [Fact]
    public void Name_every_variable_that_the_programs_read()
    {
        var configuration = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));
        var variables = Sources().SelectMany(file => Variable().Matches(File.ReadAllText(file)).Select(match => match.Value)).Distinct()
            .ToList();

        variables.ShouldNotBeEmpty();
        variables.Where(variable => !configuration.Contains($"`{variable}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Sources() => new[] { "src", "migrations" }
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.*", SearchOption.AllDirectories))
        .Where(file => Path.GetExtension(file) is ".cs" or ".sql" or ".ts" or ".razor" && !Built().IsMatch(file));

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"docs/[\w/-]+\.md")]
    private static partial Regex Reference();

    [GeneratedRegex("(?<=\")WIDGET_[A-Z_]+(?=\")")]
    private static partial Regex Variable();

    [GeneratedRegex(@"[\\/](bin|obj|node_modules|dist)[\\/]")]
    private static partial Regex Built();
}

using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>The sources that an answer may cite, and those that it has cited.</summary>
internal sealed class CitedSources(IReadOnlyList<Citation> sources)
{
    private readonly HashSet<int> _cited = [];

    /// <summary>In order of number.</summary>
    public IReadOnlyList<Citation> Cited => [.. sources.Where(source => _cited.Contains(source.Number)).OrderBy(source => source.Number)];

    /// <summary>Cites those numbers that have a source.</summary>
    /// <returns>The citation as it is shown, such as <c>[1][2]</c>; empty when no number has a source.</returns>
    public string Cite(IReadOnlyList<int> numbers)
    {
        var existing = numbers.Where(number => sources.Any(source => source.Number == number)).Distinct().ToArray();
        _cited.UnionWith(existing);
        return string.Concat(existing.Select(number => $"[{number}]"));
    }
}

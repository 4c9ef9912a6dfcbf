using Widget.Admin.Api;
using Widget.Contracts;

namespace Widget.Admin.Leads;

/// <summary>The filters and the order of the list of leads, as in the page's URL.</summary>
public sealed record LeadListQuery
{
    public string? Query { get; init; }

    public IReadOnlyList<string> Tier { get; init; } = [];

    public IReadOnlyList<string> Owner { get; init; } = [];

    /// <summary>The tenant's own fields, each as key and value, such as <c>plan:gold</c>.</summary>
    public IReadOnlyList<string> Field { get; init; } = [];

    public string? From { get; init; }

    public string? To { get; init; }

    public string Sort { get; init; } = "newest";

    /// <summary>Number of filter values that are set, without the search.</summary>
    public int Filters => Tier.Count + Owner.Count + Field.Count + (From is null ? 0 : 1) + (To is null ? 0 : 1);

    public static LeadListQuery Of(LeadView view) => new()
    {
        Query = view.Query,
        Tier = view.Tier,
        Owner = view.Owner,
        Field = view.Field,
        From = view.From,
        To = view.To,
        Sort = view.Sort.ToString().ToLowerInvariant(),
    };

    /// <summary>Adds the filters to a path of the API or of the console. Both use the same parameter names.</summary>
    public string Address(string path, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        var values = new List<(string, object?)>
        {
            ("query", Query), ("tier", string.Join(',', Tier)), ("owner", string.Join(',', Owner)), ("from", From), ("to", To),
            ("sort", Sort == "newest" ? null : Sort),
        };
        values.AddRange(Field.Select(field => ("field", (object?)field)));
        values.AddRange(more);
        return ApiClient.Query(path, [.. values]);
    }

    // Lists have no value equality of their own.
    public bool Equals(LeadListQuery? other) => other is not null && Address("") == other.Address("");

    public override int GetHashCode() => Address("").GetHashCode(StringComparison.Ordinal);
}

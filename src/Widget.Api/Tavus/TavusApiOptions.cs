namespace Widget.Api.Tavus;

/// <summary>How to reach Tavus's API.</summary>
public sealed record TavusApiOptions
{
    public static readonly Uri Public = new("https://tavusapi.com");

    /// <summary>The API's root, before <c>/v2</c> (WIDGET_TAVUS_ENDPOINT).</summary>
    public Uri Endpoint { get; init; } = Public;

    /// <summary>The platform's key, for tenants that have none of their own (WIDGET_TAVUS_KEY).</summary>
    public string? Key { get; init; }
}

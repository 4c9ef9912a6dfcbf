namespace Widget.Api.Tavus;

/// <summary>How to reach Tavus's API.</summary>
public sealed record TavusApiOptions
{
    public static readonly Uri Public = new("https://tavusapi.com");

    /// <summary>The API's root, before <c>/v2</c> (WIDGET_TAVUS_ENDPOINT).</summary>
    public Uri Endpoint { get; init; } = Public;

    /// <summary>The platform's key, for tenants that have none of their own (WIDGET_TAVUS_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>
    /// Whether Tavus sends tool calls to this server itself (<c>api</c>) or through the visitor's page (<c>app_message</c>); null for itself where
    /// it can, which is where the installation has a public https address (WIDGET_TAVUS_TOOL_DELIVERY).
    /// </summary>
    public bool? DeliversToolsToServer { get; init; }
}

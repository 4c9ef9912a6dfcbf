using Widget.Api.Configuration;
using Widget.Rag.Tavus;

namespace Widget.Api.Tavus;

/// <summary>How to reach Tavus's API, for video and knowledge.</summary>
public sealed record TavusApiOptions
{
    public static readonly Uri Public = new("https://tavusapi.com");

    /// <summary>The API's root, before <c>/v2</c> (WIDGET_TAVUS_ENDPOINT).</summary>
    public Uri Endpoint { get; init; } = Public;

    /// <summary>The installation's key, for tenants without a key of their own (WIDGET_TAVUS_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>
    /// True when Tavus sends tool calls to this server (<c>api</c>), false when they go through the visitor's page (<c>app_message</c>).
    /// Null chooses the server if the installation has a public https address (WIDGET_TAVUS_TOOL_DELIVERY).
    /// </summary>
    public bool? DeliversToolsToServer { get; init; }

    /// <summary>Whether Tavus sends tool calls to this server at its public address, instead of through the visitor's page.</summary>
    public bool DeliversToolsTo(Uri? publicAddress) => DeliversToolsToServer switch
    {
        true => CanDeliverTo(publicAddress),
        false => false,
        null => publicAddress?.Scheme == Uri.UriSchemeHttps,
    };

    internal static TavusApiOptions Read(Variables variables, InstallationOptions installation)
    {
        const string Delivery = "WIDGET_TAVUS_TOOL_DELIVERY";
        var delivery = variables.Text(Delivery);
        if (delivery is not (null or "api" or "app_message"))
            variables.Errors.Add($"{Delivery} is \"{delivery}\". It must be api or app_message.");
        if (delivery == "api" && !CanDeliverTo(installation.PublicAddress))
        {
            variables.Errors.Add(
                $"{Delivery} is \"api\", which needs WIDGET_PUBLIC_URL to be an https address, "
                + "or an address of this machine such as http://localhost:5080.");
        }

        return new TavusApiOptions
        {
            Endpoint = variables.Address("WIDGET_TAVUS_ENDPOINT", "https://tavusapi.com") ?? Public,
            Key = variables.Text("WIDGET_TAVUS_KEY"),
            DeliversToolsToServer = delivery is null ? null : delivery == "api",
        };
    }

    /// <summary>The search of an account's knowledge, which only some accounts and gateways offer (WIDGET_TAVUS_SEARCH_PATH).</summary>
    internal static TavusOptions ReadSearch(Variables variables, TavusApiOptions api)
    {
        const string Name = "WIDGET_TAVUS_SEARCH_PATH";
        if (variables.Text(Name) is not { } path) return new TavusOptions();
        if (!path.StartsWith('/') || !path.Contains(TavusOptions.ReplicaPlaceholder, StringComparison.Ordinal))
        {
            variables.Errors.Add(
                $"{Name} is \"{path}\". It must begin with / and contain {TavusOptions.ReplicaPlaceholder}, as "
                    + $"{TavusOptions.DefaultSearchPath}.");
        }

        return new TavusOptions { Endpoint = api.Endpoint, Key = api.Key, SearchPath = path };
    }

    // Tavus requires https. A simulated Tavus on this machine can also call this server over http.
    private static bool CanDeliverTo(Uri? address) => address is not null && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback);
}

namespace Widget.Rag.Tavus;

/// <summary>How to reach Tavus, or a gateway before it.</summary>
public sealed record TavusOptions
{
    public const string ReplicaPlaceholder = "{replicaId}";

    public const string DefaultSearchPath = "/v1/replicas/{replicaId}/knowledge/search";

    /// <summary>Root of the API that answers searches; null when there is none, and then the knowledge base is not there.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Sent as <c>x-api-key</c>; null for a gateway that wants none.</summary>
    public string? Key { get; init; }

    /// <summary>What follows the root, with the tenant's replica in place of <c>{replicaId}</c>.</summary>
    public string SearchPath { get; init; } = DefaultSearchPath;

    /// <summary>Where one replica's knowledge is searched.</summary>
    public Uri SearchAddress(string replica) =>
        new($"{Endpoint!.AbsoluteUri.TrimEnd('/')}/{SearchPath.TrimStart('/').Replace(ReplicaPlaceholder, Uri.EscapeDataString(replica), StringComparison.Ordinal)}");
}

namespace Widget.Rag.Tavus;

/// <summary>The search endpoint of Tavus, or of a gateway to it.</summary>
public sealed record TavusOptions
{
    public const string ReplicaPlaceholder = "{replicaId}";

    public const string DefaultSearchPath = "/v1/replicas/{replicaId}/knowledge/search";

    /// <summary>Root of the search API; null disables the knowledge base.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Sent as <c>x-api-key</c>; null for a gateway without a key.</summary>
    public string? Key { get; init; }

    /// <summary>Path below the root. <c>{replicaId}</c> stands for the tenant's replica.</summary>
    public string SearchPath { get; init; } = DefaultSearchPath;

    /// <summary>Address of the search for one replica.</summary>
    public Uri SearchAddress(string replica) =>
        new($"{Endpoint!.AbsoluteUri.TrimEnd('/')}/"
            + SearchPath.TrimStart('/').Replace(ReplicaPlaceholder, Uri.EscapeDataString(replica), StringComparison.Ordinal));
}

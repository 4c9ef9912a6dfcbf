namespace Widget.Admin.Agents;

/// <summary>What a person fills in about an agent, as <c>/api/agents</c> takes it.</summary>
public sealed record AgentForm
{
    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public string? PortraitUrl { get; init; }

    public string? VoiceId { get; init; }

    public string? RealtimeVoice { get; init; }

    public string? Personality { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Greeting { get; init; }

    public string? Instructions { get; init; }

    public string? TavusReplicaId { get; init; }

    public bool Listed { get; init; } = true;
}

/// <summary>An agent in the list.</summary>
public sealed record CatalogueAgent
{
    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public string? PortraitUrl { get; init; }

    /// <summary>The address of the portrait: of an uploaded picture, or <see cref="PortraitUrl"/>. Null if it has none.</summary>
    public string? Portrait { get; init; }

    public string? VoiceId { get; init; }

    public string? RealtimeVoice { get; init; }

    public string? Personality { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Greeting { get; init; }

    public string? Instructions { get; init; }

    public string? TavusReplicaId { get; init; }

    public bool Listed { get; init; }

    /// <summary>The catalogue it was imported from; null if it was added here.</summary>
    public Guid? CatalogueId { get; init; }

    public AgentForm ToForm() => new()
    {
        Name = Name,
        Description = Description,
        PortraitUrl = PortraitUrl,
        VoiceId = VoiceId,
        RealtimeVoice = RealtimeVoice,
        Personality = Personality,
        Tags = Tags,
        Greeting = Greeting,
        Instructions = Instructions,
        TavusReplicaId = TavusReplicaId,
        Listed = Listed,
    };
}

/// <summary>A page of the list of agents. <c>Items</c> is null if the API has no catalogue of agents (404).</summary>
public sealed record CatalogueAgents(IReadOnlyList<CatalogueAgent>? Items, string? Next, int Total);

/// <summary>A catalogue that agents are imported from.</summary>
public sealed record ImportedCatalogue
{
    public Guid Id { get; init; }

    public string Url { get; init; } = "";

    public int Agents { get; init; }

    public IReadOnlyList<System.Text.Json.JsonElement> Problems { get; init; } = [];

    public string? Error { get; init; }
}

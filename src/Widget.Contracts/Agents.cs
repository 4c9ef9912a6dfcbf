using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>The agent of a conversation, in its events.</summary>
/// <param name="Id">The agent.</param>
/// <param name="Name">Its name at that time.</param>
public sealed record AgentReference(Guid Id, string Name);

/// <summary>The visitor chose who answers.</summary>
public sealed record AgentChosen : ConversationEvent
{
    /// <summary>The agent; null for the company's own assistant.</summary>
    public AgentReference? Chosen { get; init; }
}

/// <summary>Which agents visitors talk with.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentSettings
{
    /// <summary>Whether visitors may choose an agent.</summary>
    public bool VisitorsChoose { get; init; }

    /// <summary>The agent that answers in new conversations. Null for the assistant that the settings describe.</summary>
    public Guid? DefaultAgentId { get; init; }
}

/// <summary>What a tenant says about an agent. A field that is null uses the tenant's setting.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record AgentDetails : IValidatableObject
{
    /// <summary>The agent's name, which visitors see.</summary>
    [Required, VisibleText(ErrorMessage = "name must have 1 to 60 characters.")]
    [StringLength(60, ErrorMessage = "name must have 1 to 60 characters.")]
    public string Name { get; init; } = "";

    /// <summary>Who the agent is and what it can do, for visitors.</summary>
    [StringLength(2_000)]
    public string? Description { get; init; }

    /// <summary>Web address of a picture. An uploaded portrait comes before it.</summary>
    [StringLength(500), WebAddress]
    public string? PortraitUrl { get; init; }

    /// <summary>The voice of spoken replies: a name, or an id of the speech provider.</summary>
    [StringLength(100)]
    public string? VoiceId { get; init; }

    /// <summary>The voice of realtime calls, such as <c>marin</c>. If null, <c>voiceId</c> if it is a realtime voice.</summary>
    [StringLength(100)]
    public string? RealtimeVoice { get; init; }

    /// <summary>How the agent talks, such as "calm and precise". The models receive it.</summary>
    [StringLength(2_000)]
    public string? Personality { get; init; }

    /// <summary>The age that the agent is shown with, in years.</summary>
    [Range(0, 150, ErrorMessage = "age must be between 0 and 150.")]
    public int? Age { get; init; }

    /// <summary>What the agent is about. At most 30, each with 1 to 50 characters.</summary>
    [Required, MaxLength(30, ErrorMessage = "An agent can have at most 30 tags.")]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The agent's greeting. If null, the widget greets in the visitor's language.</summary>
    [StringLength(500)]
    public string? Greeting { get; init; }

    /// <summary>Instructions for the models. If null, those of the settings apply.</summary>
    [StringLength(8_000)]
    public string? Instructions { get; init; }

    /// <summary>The agent's face in video calls. If null, that of the settings.</summary>
    [StringLength(100)]
    public string? TavusReplicaId { get; init; }

    /// <summary>The agent's persona in video calls. If null, that of the settings, which is told the agent's name and instructions.</summary>
    [StringLength(100)]
    public string? TavusPersonaId { get; init; }

    /// <summary>Whether visitors can choose the agent, if the settings allow it.</summary>
    public bool Listed { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > 50))
            yield return new("A tag must have 1 to 50 characters.", [nameof(Tags)]);
    }
}

/// <summary>An agent, as the tenant sees it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record Agent : AgentDetails
{
    public required Guid Id { get; init; }

    /// <summary>Address of the uploaded portrait at this API, or <c>portraitUrl</c>; null if there is neither.</summary>
    public string? Portrait { get; init; }

    /// <summary>Whether new conversations begin with the agent.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The catalogue that the agent was imported from; null if the tenant made it.</summary>
    public Guid? CatalogueId { get; init; }

    /// <summary>The agent's id in that catalogue.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Fields of an imported agent that the tenant has changed. Imports leave them as they are.</summary>
    public IReadOnlyList<string> Edited { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A page of agents, by name.</summary>
/// <param name="Items">The agents.</param>
/// <param name="Next">Pass it as <c>after</c> to get more; null on the last page.</param>
/// <param name="Total">Number of agents that match.</param>
public sealed record AgentPage(IReadOnlyList<Agent> Items, string? Next, int Total);

/// <summary>An agent, as a visitor sees it.</summary>
/// <param name="Id">The agent; null for the company's own assistant.</param>
/// <param name="Name">The name.</param>
/// <param name="Description">Who the agent is and what it can do.</param>
/// <param name="Portrait">Address of a picture: absolute, or a path at this API.</param>
/// <param name="Tags">What the agent is about.</param>
/// <param name="Greeting">The agent's greeting. If null, the widget greets in the visitor's language.</param>
public sealed record AgentCard(
    Guid? Id,
    string Name,
    string? Description,
    string? Portrait,
    IReadOnlyList<string> Tags,
    string? Greeting);

/// <summary>Agents that a visitor can choose, by name. The first page begins with the company's own assistant.</summary>
/// <param name="Items">The agents.</param>
/// <param name="Next">Pass it as <c>after</c> to get more; null on the last page.</param>
/// <param name="Tags">The most frequent tags, on the first page.</param>
public sealed record AgentCardPage(IReadOnlyList<AgentCard> Items, string? Next, IReadOnlyList<string> Tags);

/// <summary>The visitor's choice.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentChoiceRequest
{
    /// <summary>The agent; null for the company's own assistant.</summary>
    public Guid? AgentId { get; init; }
}

/// <summary>The list of agents in the form that programs for companions read.</summary>
/// <param name="Companions">All listed agents, by name.</param>
public sealed record CompanionList(IReadOnlyList<Companion> Companions);

/// <summary>An agent in the form that programs for companions read.</summary>
public sealed record Companion(
    string Id,
    string Name,
    string? AvatarUrl,
    string? Description,
    string? VoiceId,
    string? Personality,
    CompanionMetadata Metadata);

/// <param name="Age">The age in years; null if none is given.</param>
/// <param name="Interests">The agent's tags.</param>
public sealed record CompanionMetadata(int? Age, IReadOnlyList<string> Interests);

/// <summary>A catalogue to import agents from.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentImportRequest
{
    /// <summary>Address that returns <c>{"companions": [{id, name, avatarUrl, description, voiceId, personality, metadata}]}</c>.</summary>
    [Required(ErrorMessage = "url is required."), StringLength(1_000)]
    public string Url { get; init; } = "";

    /// <summary>After how many hours the catalogue is read again.</summary>
    [Range(1, 720, ErrorMessage = "refreshHours must be between 1 and 720.")]
    public int RefreshHours { get; init; } = 24;
}

/// <summary>A catalogue that agents are imported from.</summary>
public sealed record AgentCatalogue
{
    public required Guid Id { get; init; }

    public required string Url { get; init; }

    public required int RefreshHours { get; init; }

    /// <summary>Number of agents of the last import.</summary>
    public required int Agents { get; init; }

    /// <summary>Entries of the last import that were left out or taken in part, at most 100.</summary>
    public required IReadOnlyList<AgentImportProblem> Problems { get; init; }

    /// <summary>Why the last attempt failed; null if it succeeded. The agents of the last import stay.</summary>
    public string? Error { get; init; }

    public DateTimeOffset? RefreshedAt { get; init; }

    public required DateTimeOffset NextRefreshAt { get; init; }
}

/// <summary>What is wrong with an entry of a catalogue.</summary>
/// <param name="Index">The entry's place in the list, from 0.</param>
/// <param name="Id">Its id, if it has one.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Imported">Whether the entry was imported without the wrong part.</param>
public sealed record AgentImportProblem(int Index, string? Id, string Problem, bool Imported);

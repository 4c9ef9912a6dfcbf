using System.Text.Json;

namespace Widget.Api.Tavus.Client;

/// <summary>
/// A rule for the avatar, or a change of one: then what is null stays as it is. A persona names its rules in <c>guardrail_ids</c>.
/// </summary>
public sealed record GuardrailDefinition
{
    /// <summary>100 letters, digits and underscores at most.</summary>
    public string? GuardrailName { get; init; }

    /// <summary>1,000 characters at most.</summary>
    public string? GuardrailPrompt { get; init; }

    /// <summary>verbal or visual.</summary>
    public string? Modality { get; init; }

    /// <summary>Told when it is triggered.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>32 at most.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Tell the room, too; on by default.</summary>
    public bool? AppMessage { get; init; }
}

/// <summary>A guardrail as Tavus tells of it.</summary>
public sealed record TavusGuardrailRule
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    public string? Prompt { get; init; }

    public string? Modality { get; init; }

    public string? CallbackUrl { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool? AppMessage { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    internal static TavusGuardrailRule Read(TavusObject answer) => new()
    {
        Id = answer.Id("uuid", "guardrail_id", "guardrail_uuid"),
        Name = answer.Text("guardrail_name"),
        Prompt = answer.Text("guardrail_prompt"),
        Modality = answer.Text("modality"),
        CallbackUrl = answer.Text("callback_url"),
        Tags = answer.Texts("tags"),
        AppMessage = answer.Flag("app_message"),
        CreatedAt = answer.Time("created_at"),
    };
}

/// <summary>What the avatar shall reach, step by step.</summary>
/// <param name="Data">The steps.</param>
public sealed record CreateObjectives(IReadOnlyList<ObjectiveDefinition> Data);

public sealed record ObjectiveDefinition
{
    /// <summary>Without spaces.</summary>
    public required string ObjectiveName { get; init; }

    public required string ObjectivePrompt { get; init; }

    /// <summary>auto or manual.</summary>
    public string? ConfirmationMode { get; init; }

    /// <summary>What is to be found out.</summary>
    public IReadOnlyList<string>? OutputVariables { get; init; }

    /// <summary>verbal or visual.</summary>
    public string? Modality { get; init; }

    /// <summary>The name of the next step; or else <see cref="NextConditionalObjectives"/>.</summary>
    public string? NextRequiredObjective { get; init; }

    /// <summary>Names of next steps, each with its condition.</summary>
    public IReadOnlyDictionary<string, string>? NextConditionalObjectives { get; init; }

    public string? CallbackUrl { get; init; }
}

/// <summary>A set of objectives as Tavus tells of it.</summary>
/// <param name="Id">What a persona's <c>objectives_id</c> takes.</param>
/// <param name="Data">The steps as they were written; undefined when not told.</param>
/// <param name="CreatedAt">When; null when not told.</param>
public sealed record TavusObjectives(string Id, JsonElement Data, DateTimeOffset? CreatedAt)
{
    internal static TavusObjectives Read(TavusObject answer) =>
        new(
            answer.Id("objectives_id", "uuid"),
            answer.Field("data", "objectives") is { ValueKind: JsonValueKind.Array } data ? data : default,
            answer.Time("created_at"));
}

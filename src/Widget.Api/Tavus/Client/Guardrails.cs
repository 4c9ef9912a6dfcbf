namespace Widget.Api.Tavus.Client;

/// <summary>
/// A new rule for the avatar, or a change of one, where null leaves a field unchanged. A persona lists its rules in
/// <c>guardrail_ids</c>.
/// </summary>
public sealed record GuardrailDefinition
{
    /// <summary>At most 100 letters, digits and underscores.</summary>
    public string? GuardrailName { get; init; }

    /// <summary>At most 1,000 characters.</summary>
    public string? GuardrailPrompt { get; init; }

    /// <summary>verbal or visual.</summary>
    public string? Modality { get; init; }

    /// <summary>URL that is called when the rule is triggered.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>At most 32.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Also sends an app-message to the room; on by default.</summary>
    public bool? AppMessage { get; init; }
}

/// <summary>A guardrail in a response of Tavus.</summary>
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

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Protocol of a realtime voice provider.</summary>
[JsonConverter(typeof(StrictEnumConverter<VoiceProtocol>))]
public enum VoiceProtocol
{
    /// <summary>OpenAI's Realtime API.</summary>
    [JsonStringEnumMemberName("openai_realtime")]
    OpenAIRealtime,

    /// <summary>OpenAI's Realtime API at Azure, with other paths and another key header.</summary>
    [JsonStringEnumMemberName("azure_realtime")]
    AzureRealtime,

    /// <summary>OpenAI's GPT-Live, which delegates questions to this installation's answers.</summary>
    [JsonStringEnumMemberName("gpt_live")]
    GptLive,

    /// <summary>
    /// A self-hosted server with OpenAI's events but no connection for the server, such as LocalAI. The visitor's page relays the events.
    /// </summary>
    [JsonStringEnumMemberName("self_hosted")]
    SelfHosted,
}

/// <summary>How the end of the visitor's turn is detected.</summary>
[JsonConverter(typeof(StrictEnumConverter<TurnTaking>))]
public enum TurnTaking
{
    /// <summary>By the model, from what is said.</summary>
    [JsonStringEnumMemberName("semantic")]
    Semantic,

    /// <summary>By a pause.</summary>
    [JsonStringEnumMemberName("pause")]
    Pause,

    /// <summary>By the visitor, who holds a button while speaking.</summary>
    [JsonStringEnumMemberName("push_to_talk")]
    PushToTalk,
}

/// <summary>How soon a pause, or a sentence that sounds complete, ends the visitor's turn.</summary>
[JsonConverter(typeof(StrictEnumConverter<Eagerness>))]
public enum Eagerness
{
    [JsonStringEnumMemberName("low")]
    Low,

    [JsonStringEnumMemberName("medium")]
    Medium,

    [JsonStringEnumMemberName("high")]
    High,
}

/// <summary>A tenant's settings for realtime voice. Null fields use the installation's settings.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VoiceSettings
{
    /// <summary>Whether to offer realtime voice.</summary>
    public bool Enabled { get; init; }

    /// <summary>Protocol of the endpoint. Defaults to the installation's protocol.</summary>
    public VoiceProtocol? Protocol { get; init; }

    /// <summary>Root of the API, such as <c>https://api.openai.com/v1</c>. A tenant with its own endpoint also needs its own key.</summary>
    [StringLength(500)]
    public string? Endpoint { get; init; }

    /// <summary>The voice model. Defaults to the installation's model.</summary>
    [StringLength(100)]
    public string? Model { get; init; }

    /// <summary>One of the model's voices, such as <c>marin</c>. Defaults to the model's usual voice.</summary>
    [StringLength(100)]
    public string? Voice { get; init; }

    /// <summary>The model that transcribes visitors' speech.</summary>
    [StringLength(100)]
    public string? TranscriptionModel { get; init; }

    /// <summary>What ends the visitor's turn.</summary>
    public TurnTaking Turns { get; init; } = TurnTaking.Semantic;

    /// <summary>How soon the assistant takes its turn.</summary>
    public Eagerness Eagerness { get; init; } = Eagerness.Medium;

    /// <summary>Whether visitors use loudspeakers rather than headsets. Selects the noise reduction.</summary>
    public bool FarField { get; init; } = true;

    /// <summary>Maximum duration of a voice call in seconds.</summary>
    [Range(60, 3600, ErrorMessage = "voice.maxCallSeconds must be between 60 and 3600.")]
    public int MaxCallSeconds { get; init; } = 900;

    /// <summary>Maximum voice minutes per month; null for no limit.</summary>
    [Range(0, 1_000_000, ErrorMessage = "voice.monthlyMinutes must be between 0 and 1,000,000.")]
    public int? MonthlyMinutes { get; init; }
}

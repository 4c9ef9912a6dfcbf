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

[JsonConverter(typeof(StrictEnumConverter<VoiceSessionState>))]
public enum VoiceSessionState
{
    [JsonStringEnumMemberName("creating")]
    Creating,

    /// <summary>The provider has answered.</summary>
    [JsonStringEnumMemberName("live")]
    Live,

    [JsonStringEnumMemberName("ending")]
    Ending,

    [JsonStringEnumMemberName("ended")]
    Ended,

    /// <summary>The call could not be started.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>Why a voice call ended.</summary>
[JsonConverter(typeof(StrictEnumConverter<VoiceEndReason>))]
public enum VoiceEndReason
{
    /// <summary>The visitor ended it.</summary>
    [JsonStringEnumMemberName("visitor")]
    Visitor,

    /// <summary>The visitor left the page, or was disconnected for too long.</summary>
    [JsonStringEnumMemberName("left")]
    Left,

    /// <summary>The time limit was reached.</summary>
    [JsonStringEnumMemberName("time_limit")]
    TimeLimit,

    /// <summary>The provider's own limit was reached. The page continues in a new call, which knows what was said.</summary>
    [JsonStringEnumMemberName("continued")]
    Continued,

    /// <summary>The provider ended it or is unavailable.</summary>
    [JsonStringEnumMemberName("provider")]
    Provider,

    /// <summary>The call could not be opened.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The visitor's page changed the assistant's instructions.</summary>
    [JsonStringEnumMemberName("tampered")]
    Tampered,

    /// <summary>The tenant's program ended it.</summary>
    [JsonStringEnumMemberName("developer")]
    Developer,
}

/// <summary>Opens a voice call. Contains the page's offer; the response contains the provider's answer.</summary>
public sealed record VoiceSessionRequest
{
    /// <summary>Your ID for this call. A request with the same ID does not open a second call.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The conversation. Defaults to the visitor's last conversation, or to a new one for the tenant's programs.</summary>
    public Guid? ThreadId { get; init; }

    /// <summary>The page's offer (SDP, RFC 8866), with an audio track and a data channel named <c>oai-events</c>.</summary>
    [Required(ErrorMessage = "sdp is missing."), StringLength(40_000, ErrorMessage = "sdp may have 40,000 characters at most.")]
    public string Sdp { get; init; } = "";

    /// <summary>The page that the visitor is on.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The visitor's language, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>Whether the visitor wants to hold a button while speaking, regardless of the tenant's setting.</summary>
    public bool PushToTalk { get; init; }
}

/// <summary>A voice call.</summary>
public sealed record VoiceSession
{
    public required Guid SessionId { get; init; }

    /// <summary>ID of the conversation that the call belongs to.</summary>
    public required Guid ThreadId { get; init; }

    public required VoiceSessionState State { get; init; }

    /// <summary>The provider's answer (SDP). Only in the response that opens the call.</summary>
    public string? Sdp { get; init; }

    /// <summary>
    /// Whether the page must relay the data channel's messages through the hub's <c>RelayVoice</c>, because the provider offers no
    /// connection for the server.
    /// </summary>
    public bool Relay { get; init; }

    public bool PushToTalk { get; init; }

    /// <summary>Maximum duration in seconds.</summary>
    public required int MaxSeconds { get; init; }

    /// <summary>Remaining seconds; null until the call is open.</summary>
    public int? RemainingSeconds { get; init; }

    /// <summary>Token that ends this call, without an Authorization header. For use when a page is closed (<c>POST …/leave</c>).</summary>
    public string? LeaveToken { get; init; }

    public VoiceEndReason? EndReason { get; init; }

    /// <summary>What went wrong, in words for a visitor; null if nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>The call's record. Only for the tenant's programs.</summary>
    public VoiceCallRecord? Record { get; init; }
}

/// <summary>The record of a call.</summary>
/// <param name="Protocol">The provider's protocol.</param>
/// <param name="Model">The provider's model.</param>
/// <param name="CreatedAt">When the call was requested.</param>
/// <param name="OpenedAt">When the provider answered; null if it did not.</param>
/// <param name="EndedAt">When the call ended; null while it is in progress.</param>
/// <param name="Seconds">Duration in seconds; null while it is in progress.</param>
/// <param name="Usage">Usage reported by the provider: tokens by kind, or seconds.</param>
public sealed record VoiceCallRecord(
    VoiceProtocol Protocol,
    string Model,
    DateTimeOffset CreatedAt,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? EndedAt,
    int? Seconds,
    IReadOnlyDictionary<string, long> Usage);

/// <param name="Sessions">Voice calls, newest first.</param>
/// <param name="Next">Value of <c>before</c> for the next page; null on the last page.</param>
public sealed record VoiceSessions(IReadOnlyList<VoiceSession> Sessions, Guid? Next);

/// <summary>A message that the visitor types during a call. It is answered aloud.</summary>
public sealed record VoiceSayRequest
{
    /// <summary>The page's ID for the message.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The message.</summary>
    [Required(ErrorMessage = "The message is empty."), StringLength(4_000, ErrorMessage = "The message is longer than 4,000 characters.")]
    public string Text { get; init; } = "";
}

/// <summary>State of the push-to-talk button.</summary>
public sealed record VoiceTalkRequest
{
    /// <summary>Whether the button was pressed; false when it was released.</summary>
    public bool Pressed { get; init; }
}

/// <summary>Ends the call of a page that is being closed.</summary>
public sealed record LeaveRequest
{
    /// <summary>The call's leave token.</summary>
    public string? LeaveToken { get; init; }
}

/// <summary>What the assistant in a voice call is doing.</summary>
[JsonConverter(typeof(StrictEnumConverter<VoicePhase>))]
public enum VoicePhase
{
    /// <summary>Waiting for the visitor.</summary>
    [JsonStringEnumMemberName("listening")]
    Listening,

    /// <summary>Hearing the visitor speak.</summary>
    [JsonStringEnumMemberName("hearing")]
    Hearing,

    /// <summary>Looking something up or preparing its reply.</summary>
    [JsonStringEnumMemberName("thinking")]
    Thinking,

    [JsonStringEnumMemberName("speaking")]
    Speaking,
}

/// <summary>An update about a voice call. Updates are not stored; spoken text is also added to the log as an event.</summary>
public sealed record VoiceUpdate
{
    public required Guid SessionId { get; init; }

    public required VoicePhase Phase { get; init; }

    public VoiceCaption? Caption { get; init; }
}

/// <param name="Speaker">The speaker.</param>
/// <param name="Item">ID of the utterance.</param>
/// <param name="Text">The complete text so far.</param>
public sealed record VoiceCaption(Speaker Speaker, string Item, string Text);

/// <summary>A short-lived secret of the provider, for the tenant's own front end.</summary>
/// <param name="Value">The secret, to use as the key.</param>
/// <param name="ExpiresAt">When it expires. Calls cannot be opened after that.</param>
/// <param name="Endpoint">Where to post the offer.</param>
public sealed record VoiceClientSecret(string Value, DateTimeOffset ExpiresAt, string Endpoint);

/// <summary>Result of testing a provider's configuration, with explanations for the tenant's staff.</summary>
/// <param name="Ok">Whether all checks passed.</param>
/// <param name="Checks">The checks, in the order in which to fix them.</param>
public sealed record ConnectionReport(bool Ok, IReadOnlyList<ConnectionCheck> Checks);

/// <param name="Name">Name of the check, for programs.</param>
/// <param name="Ok">Whether it passed.</param>
/// <param name="Words">The result and, if it failed or soon will, what to do.</param>
public sealed record ConnectionCheck(string Name, bool Ok, string Words);

/// <summary>The key in use at a provider. The key itself is never shown again.</summary>
/// <param name="Source">The owner of the key: <c>own</c>, <c>platform</c> or <c>none</c>.</param>
/// <param name="Hint">The last characters of the tenant's own key; otherwise null.</param>
/// <param name="UpdatedAt">When the tenant's own key was set.</param>
public sealed record ProviderKeyState(TavusKeySource Source, string? Hint, DateTimeOffset? UpdatedAt);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ProviderKeyRequest
{
    /// <summary>The provider's API key. It is stored encrypted and never shown again.</summary>
    [Required(ErrorMessage = "key is missing."), StringLength(500, MinimumLength = 8, ErrorMessage = "A key has 8 to 500 characters."), RegularExpression("[!-~]+", ErrorMessage = "A key has no spaces and no characters beyond ASCII. Copy it again from the provider.")]
    public string Key { get; init; } = "";

    /// <summary>Hides the secret, which a record would otherwise print.</summary>
    public override string ToString() => "a key";
}

/// <summary>A mode of conversation and its availability.</summary>
/// <param name="Mode">text, speech, voice or video.</param>
/// <param name="Available">Whether visitors can use it now.</param>
/// <param name="Words">Why, or why not and what to do. For the tenant's staff; visitors do not see it.</param>
public sealed record ModeState(string Mode, bool Available, string Words);

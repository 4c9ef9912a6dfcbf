using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Whose protocol a realtime voice is reached by.</summary>
[JsonConverter(typeof(StrictEnumConverter<VoiceProtocol>))]
public enum VoiceProtocol
{
    /// <summary>OpenAI's Realtime API.</summary>
    [JsonStringEnumMemberName("openai_realtime")]
    OpenAIRealtime,

    /// <summary>The same at Azure: other paths, another header for the key.</summary>
    [JsonStringEnumMemberName("azure_realtime")]
    AzureRealtime,

    /// <summary>OpenAI's GPT-Live, which hands questions to our own answers.</summary>
    [JsonStringEnumMemberName("gpt_live")]
    GptLive,

    /// <summary>A server of one's own that speaks OpenAI's events but has no line for us, such as LocalAI: the visitor's page passes events on.</summary>
    [JsonStringEnumMemberName("self_hosted")]
    SelfHosted,
}

/// <summary>Who decides when the visitor has finished.</summary>
[JsonConverter(typeof(StrictEnumConverter<TurnTaking>))]
public enum TurnTaking
{
    /// <summary>The model, by what is said.</summary>
    [JsonStringEnumMemberName("semantic")]
    Semantic,

    /// <summary>A pause.</summary>
    [JsonStringEnumMemberName("pause")]
    Pause,

    /// <summary>The visitor, who holds a button while speaking.</summary>
    [JsonStringEnumMemberName("push_to_talk")]
    PushToTalk,
}

/// <summary>How soon a pause, or a sentence that sounds complete, counts as the end of what a visitor says.</summary>
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

/// <summary>Realtime voice, as a tenant has it. What is null is the installation's.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VoiceSettings
{
    /// <summary>Offer realtime voice.</summary>
    public bool Enabled { get; init; }

    /// <summary>What is spoken at the endpoint; the installation's when null.</summary>
    public VoiceProtocol? Protocol { get; init; }

    /// <summary>Root of the API, as <c>https://api.openai.com/v1</c>. With one of its own, a tenant needs a key of its own.</summary>
    [StringLength(500)]
    public string? Endpoint { get; init; }

    /// <summary>The model to speak with; the installation's when null.</summary>
    [StringLength(100)]
    public string? Model { get; init; }

    /// <summary>One of the model's voices, such as <c>marin</c>; the model's usual one when null.</summary>
    [StringLength(100)]
    public string? Voice { get; init; }

    /// <summary>The model that writes down what visitors say.</summary>
    [StringLength(100)]
    public string? TranscriptionModel { get; init; }

    /// <summary>What ends the visitor's turn.</summary>
    public TurnTaking Turns { get; init; } = TurnTaking.Semantic;

    /// <summary>How soon the assistant takes its turn.</summary>
    public Eagerness Eagerness { get; init; } = Eagerness.Medium;

    /// <summary>Visitors use loudspeakers rather than headsets: their noise is reduced accordingly.</summary>
    public bool FarField { get; init; } = true;

    /// <summary>Longest voice call, in seconds.</summary>
    [Range(60, 3600, ErrorMessage = "voice.maxCallSeconds must be between 60 and 3600.")]
    public int MaxCallSeconds { get; init; } = 900;

    /// <summary>Minutes of voice a month; null for no limit of ours.</summary>
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

    /// <summary>It never came about.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>Why a voice call ended.</summary>
[JsonConverter(typeof(StrictEnumConverter<VoiceEndReason>))]
public enum VoiceEndReason
{
    /// <summary>The visitor pressed end.</summary>
    [JsonStringEnumMemberName("visitor")]
    Visitor,

    /// <summary>The visitor left the page, or their line was gone for too long.</summary>
    [JsonStringEnumMemberName("left")]
    Left,

    /// <summary>Its time was up.</summary>
    [JsonStringEnumMemberName("time_limit")]
    TimeLimit,

    /// <summary>The provider's own limit was reached; the page goes on in a new call, which knows what was said.</summary>
    [JsonStringEnumMemberName("continued")]
    Continued,

    /// <summary>The provider ended it, or is gone.</summary>
    [JsonStringEnumMemberName("provider")]
    Provider,

    /// <summary>It could not be opened.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Somebody changed what the assistant was told, from the visitor's page.</summary>
    [JsonStringEnumMemberName("tampered")]
    Tampered,

    /// <summary>A program of the tenant's ended it.</summary>
    [JsonStringEnumMemberName("developer")]
    Developer,
}

/// <summary>Opens a voice call: the visitor's page offers, the provider's answer comes back.</summary>
public sealed record VoiceSessionRequest
{
    /// <summary>The caller's own id for this call. Asking again with it does not open a second one.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The conversation it belongs to. A visitor's last one when left out; a program of the tenant's gets a new one.</summary>
    public Guid? ThreadId { get; init; }

    /// <summary>The page's offer (SDP, RFC 8866), with an audio track and a data channel named <c>oai-events</c>.</summary>
    [Required(ErrorMessage = "sdp is missing."), StringLength(40_000, ErrorMessage = "sdp may have 40,000 characters at most.")]
    public string Sdp { get; init; } = "";

    /// <summary>The page the visitor is on.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The visitor's language, as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>The visitor wants to hold a button while speaking, whatever the tenant's setting.</summary>
    public bool PushToTalk { get; init; }
}

/// <summary>A voice call.</summary>
public sealed record VoiceSession
{
    public required Guid SessionId { get; init; }

    /// <summary>The conversation that it belongs to.</summary>
    public required Guid ThreadId { get; init; }

    public required VoiceSessionState State { get; init; }

    /// <summary>The provider's answer (SDP); only in the response that opens the call.</summary>
    public string? Sdp { get; init; }

    /// <summary>The provider has no line for the server: the page passes the data channel's messages on, by the hub's <c>RelayVoice</c>.</summary>
    public bool Relay { get; init; }

    public bool PushToTalk { get; init; }

    /// <summary>Longest that the call may last, in seconds.</summary>
    public required int MaxSeconds { get; init; }

    /// <summary>Seconds that are left of it; null until it is open.</summary>
    public int? RemainingSeconds { get; init; }

    /// <summary>Ends this call and nothing else, without a header: for a page that is being left (<c>POST …/leave</c>).</summary>
    public string? LeaveToken { get; init; }

    public VoiceEndReason? EndReason { get; init; }

    /// <summary>What went wrong, in words for a visitor; null when nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>What is left of the call; only for the tenant's own programs.</summary>
    public VoiceCallRecord? Record { get; init; }
}

/// <summary>What is left of a call.</summary>
/// <param name="Protocol">Whose protocol.</param>
/// <param name="Model">The provider's model.</param>
/// <param name="CreatedAt">When it was wished for.</param>
/// <param name="OpenedAt">When the provider answered; null when it never did.</param>
/// <param name="EndedAt">Null while it goes on.</param>
/// <param name="Seconds">How long it lasted; null while it goes on.</param>
/// <param name="Usage">The provider's own figures: tokens by kind, or seconds.</param>
public sealed record VoiceCallRecord(
    VoiceProtocol Protocol,
    string Model,
    DateTimeOffset CreatedAt,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? EndedAt,
    int? Seconds,
    IReadOnlyDictionary<string, long> Usage);

/// <param name="Sessions">Newest first.</param>
/// <param name="Next">To be given as <c>before</c> for the next ones; null when there are none.</param>
public sealed record VoiceSessions(IReadOnlyList<VoiceSession> Sessions, Guid? Next);

/// <summary>What a visitor types in a call, to be answered aloud.</summary>
public sealed record VoiceSayRequest
{
    /// <summary>The page's own id for it.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>What the visitor has typed during the call.</summary>
    [Required(ErrorMessage = "The message is empty."), StringLength(4_000, ErrorMessage = "The message is longer than 4,000 characters.")]
    public string Text { get; init; } = "";
}

/// <summary>The button that is held while speaking.</summary>
public sealed record VoiceTalkRequest
{
    /// <summary>It was pressed; false when it was let go.</summary>
    public bool Pressed { get; init; }
}

/// <summary>A page that is being left ends its call.</summary>
public sealed record LeaveRequest
{
    /// <summary>The call's.</summary>
    public string? LeaveToken { get; init; }
}

/// <summary>What the assistant in a voice call is doing.</summary>
[JsonConverter(typeof(StrictEnumConverter<VoicePhase>))]
public enum VoicePhase
{
    /// <summary>It waits for the visitor.</summary>
    [JsonStringEnumMemberName("listening")]
    Listening,

    /// <summary>It hears the visitor speak.</summary>
    [JsonStringEnumMemberName("hearing")]
    Hearing,

    /// <summary>It looks something up, or makes up its reply.</summary>
    [JsonStringEnumMemberName("thinking")]
    Thinking,

    [JsonStringEnumMemberName("speaking")]
    Speaking,
}

/// <summary>What happens in a voice call, as it happens. Nothing of it is kept: what was said comes again, as an event of the log.</summary>
public sealed record VoiceUpdate
{
    public required Guid SessionId { get; init; }

    public required VoicePhase Phase { get; init; }

    public VoiceCaption? Caption { get; init; }
}

/// <param name="Speaker">Who says it.</param>
/// <param name="Item">Tells one utterance from the next.</param>
/// <param name="Text">All of it so far.</param>
public sealed record VoiceCaption(Speaker Speaker, string Item, string Text);

/// <summary>A short-lived secret of the provider's, for a front end of the tenant's own.</summary>
/// <param name="Value">What the front end uses as its key.</param>
/// <param name="ExpiresAt">When no more calls can be begun with it.</param>
/// <param name="Endpoint">Where to post the offer to.</param>
public sealed record VoiceClientSecret(string Value, DateTimeOffset ExpiresAt, string Endpoint);

/// <summary>Whether a thing that costs money by the use is set up, each in words for the tenant's staff.</summary>
/// <param name="Ok">No check failed.</param>
/// <param name="Checks">Each thing that is needed, in the order to see to them.</param>
public sealed record ConnectionReport(bool Ok, IReadOnlyList<ConnectionCheck> Checks);

/// <param name="Name">A word for programs.</param>
/// <param name="Ok">Whether it is as it should be.</param>
/// <param name="Words">How it stands and, where it fails or soon will, what to do.</param>
public sealed record ConnectionCheck(string Name, bool Ok, string Words);

/// <summary>Whose key at a provider is used. The key itself is never shown again.</summary>
/// <param name="Source">Whose: <c>own</c>, <c>platform</c> or <c>none</c>.</param>
/// <param name="Hint">The last characters of the tenant's own; null for the others.</param>
/// <param name="UpdatedAt">When the tenant's own was set.</param>
public sealed record ProviderKeyState(TavusKeySource Source, string? Hint, DateTimeOffset? UpdatedAt);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ProviderKeyRequest
{
    /// <summary>The provider's API key. It is kept encrypted and never shown again.</summary>
    [Required(ErrorMessage = "key is missing."), StringLength(500, MinimumLength = 8, ErrorMessage = "A key has 8 to 500 characters."), RegularExpression("[!-~]+", ErrorMessage = "A key has no spaces and no characters beyond ASCII. Copy it again from the provider.")]
    public string Key { get; init; } = "";

    /// <summary>Records are printed whole otherwise.</summary>
    public override string ToString() => "a key";
}

/// <summary>A way to talk, and whether visitors have it.</summary>
/// <param name="Mode">text, speech, voice or video.</param>
/// <param name="Available">Visitors can choose it now.</param>
/// <param name="Words">Why, or why not and what to do. For the tenant's staff; visitors are told nothing of it.</param>
public sealed record ModeState(string Mode, bool Available, string Words);

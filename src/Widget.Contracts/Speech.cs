using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<SpeechProvider>))]
public enum SpeechProvider
{
    /// <summary>The visitor's browser speaks, with the voices it has.</summary>
    [JsonStringEnumMemberName("browser")]
    Browser,

    /// <summary>A server of the shape of OpenAI's <c>/v1/audio/speech</c>.</summary>
    [JsonStringEnumMemberName("openai")]
    OpenAI,

    [JsonStringEnumMemberName("elevenlabs")]
    ElevenLabs,
}

/// <summary>Spoken replies and dictation, as a tenant has them. What is null is the installation's.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SpeechSettings
{
    /// <summary>Offer to have answers read aloud.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Who speaks; the installation's server where it has one, otherwise the visitor's browser, when null.</summary>
    public SpeechProvider? Provider { get; init; }

    /// <summary>Root of the API, as <c>https://api.openai.com/v1</c> or <c>https://api.elevenlabs.io</c>. With one of its own, a tenant needs a key of its own.</summary>
    [StringLength(500)]
    public string? Endpoint { get; init; }

    /// <summary>The model that speaks; the installation's when null.</summary>
    [StringLength(100)]
    public string? Model { get; init; }

    /// <summary>The voice's name, or its id at ElevenLabs.</summary>
    [StringLength(100)]
    public string? Voice { get; init; }

    /// <summary>Characters read aloud a month; the visitor's browser speaks when they are used up. Null for no limit of ours.</summary>
    [Range(0, 1_000_000_000, ErrorMessage = "speech.monthlyCharacters must be between 0 and 1,000,000,000.")]
    public int? MonthlyCharacters { get; init; }

    /// <summary>Offer to dictate instead of typing.</summary>
    public bool Dictation { get; init; } = true;
}

/// <summary>Asks for an answer to be read aloud.</summary>
public sealed record SpeechRequest
{
    /// <summary>The conversation that the answer stands in.</summary>
    public Guid ConversationId { get; init; }

    /// <summary>The answer, which may still be coming about.</summary>
    public Guid MessageId { get; init; }

    /// <summary>How many sentences of it to leave out.</summary>
    [Range(0, 10_000, ErrorMessage = "skip must be between 0 and 10,000.")]
    public int Skip { get; init; }
}

/// <summary>
/// What the stream of <c>POST /api/widget/speech</c> says, as server-sent events named by <c>type</c>. A sentence is told before its sound; places in
/// the text are in UTF-16 code units of the answer's Markdown.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SpeechSentence), "sentence")]
[JsonDerivedType(typeof(SpeechAudio), "audio")]
[JsonDerivedType(typeof(SpeechWords), "words")]
[JsonDerivedType(typeof(SpeechSpoken), "spoken")]
[JsonDerivedType(typeof(SpeechRestart), "restart")]
[JsonDerivedType(typeof(SpeechDone), "done")]
[JsonDerivedType(typeof(SpeechFailed), "error")]
public abstract record SpeechUpdate;

/// <summary>A sentence is next.</summary>
/// <param name="Index">From 0, over the whole answer: the first one that is not left out has the index <see cref="SpeechRequest.Skip"/>.</param>
/// <param name="Start">Where it begins in the answer.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Text">As it is spoken.</param>
public sealed record SpeechSentence(int Index, int Start, int End, string Text) : SpeechUpdate;

/// <summary>More of a sentence's sound. Put together, its pieces are one file.</summary>
/// <param name="Index">Which sentence.</param>
/// <param name="MediaType">As <c>audio/mpeg</c>; the same for all pieces of a sentence.</param>
/// <param name="Data">Base64.</param>
public sealed record SpeechAudio(int Index, string MediaType, byte[] Data) : SpeechUpdate;

/// <summary>When each word of a sentence is spoken, where that is known.</summary>
public sealed record SpeechWords(int Index, IReadOnlyList<SpokenWord> Words) : SpeechUpdate;

/// <param name="Start">Where it begins in the answer.</param>
/// <param name="End">Where it ends.</param>
/// <param name="At">Seconds from the beginning of the sentence's sound.</param>
/// <param name="Until">Seconds.</param>
public sealed record SpokenWord(int Start, int End, double At, double Until);

/// <summary>A sentence's sound is complete.</summary>
public sealed record SpeechSpoken(int Index) : SpeechUpdate;

/// <summary>The answer has begun anew; what was told of it is void.</summary>
public sealed record SpeechRestart : SpeechUpdate;

/// <summary>All of the answer has been told.</summary>
public sealed record SpeechDone : SpeechUpdate;

/// <summary>The voice is not to be had any more. The browser's own can go on from the sentence after the last complete one.</summary>
/// <param name="Title">Why, in words.</param>
public sealed record SpeechFailed(string Title) : SpeechUpdate;

/// <summary>A voice that a provider has.</summary>
/// <param name="Id">For <see cref="SpeechSettings.Voice"/>.</param>
/// <param name="Name">For people.</param>
public sealed record ProviderVoice(string Id, string Name);

/// <summary>How answers are read aloud.</summary>
/// <param name="Source">"server" (<c>POST /api/widget/speech</c>) or "browser".</param>
public sealed record SpeechOffer(string Source);

/// <summary>How a visitor can dictate.</summary>
/// <param name="Source">"server" (<c>POST /api/widget/transcription</c>) or "browser".</param>
/// <param name="Recipient">Who receives the sound, as the visitor must be told before: a host; null for the browser's maker.</param>
public sealed record DictationOffer(string Source, string? Recipient);

/// <param name="Text">What was said; empty when nothing was.</param>
public sealed record Transcription(string Text);

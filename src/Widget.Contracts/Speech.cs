using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<SpeechProvider>))]
public enum SpeechProvider
{
    /// <summary>The visitor's browser speaks, with its own voices.</summary>
    [JsonStringEnumMemberName("browser")]
    Browser,

    /// <summary>A server compatible with OpenAI's <c>/v1/audio/speech</c>.</summary>
    [JsonStringEnumMemberName("openai")]
    OpenAI,

    [JsonStringEnumMemberName("elevenlabs")]
    ElevenLabs,
}

/// <summary>A tenant's settings for spoken replies and dictation. Null fields use the installation's settings.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SpeechSettings
{
    /// <summary>Whether to offer to read answers aloud.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The speech provider. Defaults to the installation's speech server, or to the visitor's browser if there is none.</summary>
    public SpeechProvider? Provider { get; init; }

    /// <summary>
    /// Root of the API, such as <c>https://api.openai.com/v1</c> or <c>https://api.elevenlabs.io</c>. A tenant with its own endpoint also
    /// needs its own key.
    /// </summary>
    [StringLength(500)]
    public string? Endpoint { get; init; }

    /// <summary>The speech model. Defaults to the installation's model.</summary>
    [StringLength(100)]
    public string? Model { get; init; }

    /// <summary>Name of the voice, or its ID at ElevenLabs.</summary>
    [StringLength(100)]
    public string? Voice { get; init; }

    /// <summary>Maximum number of characters read aloud per month. After that, the visitor's browser speaks. Null for no limit.</summary>
    [Range(0, 1_000_000_000, ErrorMessage = "speech.monthlyCharacters must be between 0 and 1,000,000,000.")]
    public int? MonthlyCharacters { get; init; }

    /// <summary>Whether to offer dictation.</summary>
    public bool Dictation { get; init; } = true;
}

/// <summary>Requests an answer, or the message of a person, to be read aloud.</summary>
public sealed record SpeechRequest
{
    /// <summary>The answer's conversation.</summary>
    public Guid ConversationId { get; init; }

    /// <summary>The answer, which may still be in progress, or the message of a person.</summary>
    public Guid MessageId { get; init; }

    /// <summary>Number of sentences to skip.</summary>
    [Range(0, 10_000, ErrorMessage = "skip must be between 0 and 10,000.")]
    public int Skip { get; init; }
}

/// <summary>
/// Server-sent events of <c>POST /api/widget/speech</c>, named by <c>type</c>. Each sentence is announced before its audio. Positions in
/// the text are UTF-16 code units of the answer's Markdown.
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

/// <summary>Announces the next sentence.</summary>
/// <param name="Index">Index in the whole answer, from 0. The first sentence sent has the index <see cref="SpeechRequest.Skip"/>.</param>
/// <param name="Start">Start position in the answer.</param>
/// <param name="End">End position in the answer.</param>
/// <param name="Text">The spoken text.</param>
public sealed record SpeechSentence(int Index, int Start, int End, string Text) : SpeechUpdate;

/// <summary>A part of a sentence's audio. All parts together form one file.</summary>
/// <param name="Index">Index of the sentence.</param>
/// <param name="MediaType">For example <c>audio/mpeg</c>; the same for all parts of a sentence.</param>
/// <param name="Data">The audio data, base64.</param>
public sealed record SpeechAudio(int Index, string MediaType, byte[] Data) : SpeechUpdate;

/// <summary>When each word of a sentence is spoken, if the provider reports it.</summary>
public sealed record SpeechWords(int Index, IReadOnlyList<SpokenWord> Words) : SpeechUpdate;

/// <param name="Start">Start position in the answer.</param>
/// <param name="End">End position in the answer.</param>
/// <param name="At">Start time in seconds, from the beginning of the sentence's audio.</param>
/// <param name="Until">End time in seconds.</param>
public sealed record SpokenWord(int Start, int End, double At, double Until);

/// <summary>A sentence's audio is complete.</summary>
public sealed record SpeechSpoken(int Index) : SpeechUpdate;

/// <summary>The answer has restarted. Discard what was sent so far.</summary>
public sealed record SpeechRestart : SpeechUpdate;

/// <summary>The whole answer has been sent.</summary>
public sealed record SpeechDone : SpeechUpdate;

/// <summary>The voice has failed. The browser's voice can continue after the last complete sentence.</summary>
/// <param name="Title">The reason.</param>
public sealed record SpeechFailed(string Title) : SpeechUpdate;

/// <summary>A provider's voice.</summary>
/// <param name="Id">Value for <see cref="SpeechSettings.Voice"/>.</param>
/// <param name="Name">Display name.</param>
public sealed record ProviderVoice(string Id, string Name);

/// <summary>How answers are read aloud.</summary>
/// <param name="Source">"server" (<c>POST /api/widget/speech</c>) or "browser".</param>
public sealed record SpeechOffer(string Source);

/// <summary>How visitors dictate.</summary>
/// <param name="Source">"server" (<c>POST /api/widget/transcription</c>) or "browser".</param>
/// <param name="Recipient">
/// Host that receives the audio; tell the visitor before recording. Null if the browser's maker receives it.
/// </param>
public sealed record DictationOffer(string Source, string? Recipient);

/// <param name="Text">The transcribed text; empty if nothing was said.</param>
public sealed record Transcription(string Text);

/// <summary>A sentence to listen to with the tenant's provider of spoken replies.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SpeechSampleRequest
{
    /// <summary>One of the provider's voices. If null, the voice of the settings.</summary>
    [StringLength(100)]
    public string? Voice { get; init; }

    /// <summary>What to say.</summary>
    [Required(ErrorMessage = "text is missing."), StringLength(200, ErrorMessage = "text can have at most 200 characters.")]
    public string Text { get; init; } = "";
}

namespace Widget.Api.Speech.Client;

/// <summary>Why a provider failed, by what can be done about it.</summary>
public enum SpeechFault
{
    /// <summary>The provider can't be reached, is busy or fails. The same request may work later.</summary>
    Temporary,

    /// <summary>The key is not accepted, or lacks permission.</summary>
    BadKey,

    /// <summary>The account has no quota left.</summary>
    Quota,

    UnknownVoice,

    UnknownModel,

    /// <summary>The provider refused for another reason, or the endpoint is not a speech API.</summary>
    Refused,
}

/// <summary>A request to a speech or transcription provider failed.</summary>
/// <param name="fault">The kind of failure.</param>
/// <param name="message">For the tenant's staff; it may contain the provider's message. Visitors see less.</param>
/// <param name="inner">The cause.</param>
public sealed class SpeechException(SpeechFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public SpeechFault Fault { get; } = fault;

    /// <summary>Whether the key is valid but lacks permission.</summary>
    public bool LacksPermission { get; init; }

    /// <summary>Whether an immediate retry may succeed, because the provider failed and did not refuse.</summary>
    public bool CanRepeat { get; init; }
}

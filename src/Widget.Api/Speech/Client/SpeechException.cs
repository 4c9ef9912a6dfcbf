namespace Widget.Api.Speech.Client;

/// <summary>What went wrong at a provider, told apart by what to do about it.</summary>
public enum SpeechFault
{
    /// <summary>It does not answer, is busy or fails: the same may work later.</summary>
    Temporary,

    /// <summary>It does not accept the key, or not for this.</summary>
    BadKey,

    /// <summary>The account's own means are used up.</summary>
    Quota,

    UnknownVoice,

    UnknownModel,

    /// <summary>It refuses for another reason, or is not such a server at all.</summary>
    Refused,
}

/// <summary>Text could not be made into sound, or sound not into text.</summary>
/// <param name="fault">What to do about it.</param>
/// <param name="words">For the tenant's staff, with the provider's own words; visitors are told less.</param>
/// <param name="inner">What it came from.</param>
public sealed class SpeechException(SpeechFault fault, string words, Exception? inner = null) : Exception(words, inner)
{
    public SpeechFault Fault { get; } = fault;

    /// <summary>The key is known, but may not do this.</summary>
    public bool LacksPermission { get; init; }

    /// <summary>It failed rather than refused, so that asking again at once may help.</summary>
    public bool CanRepeat { get; init; }
}

namespace Widget.Api.Voice.Calls;

/// <summary>How long a call waits for what.</summary>
public sealed record VoiceTimings
{
    /// <summary>How long a call stays with a node that gives no sign of life.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>How often a node says that it still holds a call, and looks what the page wants of it.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A page that has been silent for so long is gone. It says something every ten seconds, so that two may be lost.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Tries to get a line to a call; a provider may take a moment until it knows what it has just opened.</summary>
    public IReadOnlyList<TimeSpan> Attaching { get; init; } =
        [TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(2.4)];

    /// <summary>How long the page may take to say that it ended the call, when the provider's line ends first.</summary>
    public TimeSpan LastWord { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a reply waits for the visitor's words in writing; without them the model looks things up itself.</summary>
    public TimeSpan Words { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a reply waits for what is looked up; later the model looks it up itself.</summary>
    public TimeSpan Knowledge { get; init; } = TimeSpan.FromSeconds(1.2);

    /// <summary>Wait between tries to end a call at a provider that is away.</summary>
    public TimeSpan RetryingEnd { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long such a provider is asked. By then its own limits have ended the call.</summary>
    public TimeSpan GivingUpEnd { get; init; } = TimeSpan.FromMinutes(65);
}

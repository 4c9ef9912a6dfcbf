using System.Collections.Concurrent;
using System.Text.Json;

namespace Widget.Simulators.Tavus;

/// <summary>A passage that the simulated knowledge base knows.</summary>
public sealed record TavusPassage(string Text, string? Title = null, string? Url = null, string? DocumentId = null, string? Id = null);

/// <summary>How the simulated Tavus behaves, until it is told otherwise.</summary>
public sealed record TavusSwitches
{
    /// <summary>What it knows.</summary>
    public IReadOnlyList<TavusPassage> Passages { get; init; } = [];

    /// <summary>Texts of somebody else, which it knows in other punctuation and with a word more.</summary>
    public IReadOnlyList<string> NearDuplicatesOf { get; init; } = [];

    /// <summary>Wait before the first byte of an answer.</summary>
    public int DelayMs { get; init; }

    /// <summary>Answer this many requests with <see cref="FailStatus"/>, then behave.</summary>
    public int FailNext { get; init; }

    public int FailStatus { get; init; } = 500;

    /// <summary>Sent as Retry-After with a failure.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Take requests and never answer.</summary>
    public bool Hang { get; init; }

    /// <summary>Find nothing.</summary>
    public bool Empty { get; init; }

    /// <summary>Break the connection off in the middle of the answer.</summary>
    public bool Cut { get; init; }

    /// <summary>Say exactly this instead of an answer, with status 200.</summary>
    public string? Body { get; init; }

    /// <summary>Send an answer of this many bytes more.</summary>
    public int Padding { get; init; }

    /// <summary>unit (0 to 1), percent (0 to 100), distance (of its own name), disguised (distances called score), logit (any number), constant (all 0.9) or none.</summary>
    public string Scale { get; init; } = "unit";

    /// <summary>What the list is called; "" for a bare list.</summary>
    public string List { get; init; } = "results";

    /// <summary>Send this many passages, whatever was asked for.</summary>
    public int? Send { get; init; }
}

/// <summary>The switches as they stand, and what was asked.</summary>
public sealed class TavusBehavior
{
    private int _failuresLeft;
    private int _received;

    public TavusSwitches Switches { get; private set; } = new();

    /// <summary>Bodies of the requests that passed validation, oldest first.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>Requests of any kind since the switches were set.</summary>
    public int Received => _received;

    public void Set(TavusSwitches switches)
    {
        Switches = switches;
        _failuresLeft = switches.FailNext;
        _received = 0;
        Requests.Clear();
    }

    public void Receive() => Interlocked.Increment(ref _received);

    public bool FailsNow() => Interlocked.Decrement(ref _failuresLeft) >= 0;
}

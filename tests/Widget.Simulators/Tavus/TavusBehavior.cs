using System.Collections.Concurrent;
using System.Text.Json;

namespace Widget.Simulators.Tavus;

/// <summary>A passage of the simulated knowledge base.</summary>
public sealed record TavusPassage(string Text, string? Title = null, string? Url = null, string? DocumentId = null, string? Id = null);

/// <summary>How the simulated search behaves.</summary>
public sealed record TavusSwitches
{
    /// <summary>The passages.</summary>
    public IReadOnlyList<TavusPassage> Passages { get; init; } = [];

    /// <summary>Texts of another account, which it returns with other punctuation and an extra word.</summary>
    public IReadOnlyList<string> NearDuplicatesOf { get; init; } = [];

    /// <summary>Delay before the first byte of a response.</summary>
    public int DelayMs { get; init; }

    /// <summary>Answers this many requests with <see cref="FailStatus"/>.</summary>
    public int FailNext { get; init; }

    public int FailStatus { get; init; } = 500;

    /// <summary>Sent as Retry-After with a failure.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Accepts requests and never answers.</summary>
    public bool Hang { get; init; }

    /// <summary>Finds nothing.</summary>
    public bool Empty { get; init; }

    /// <summary>Breaks the connection in the middle of a response.</summary>
    public bool Cut { get; init; }

    /// <summary>Sends exactly this body with status 200.</summary>
    public string? Body { get; init; }

    /// <summary>Adds this many bytes to a response.</summary>
    public int Padding { get; init; }

    /// <summary>
    /// unit (0 to 1), percent (0 to 100), distance (under its own name), disguised (a distance called score), logit (any number), constant
    /// (always 0.9) or none.
    /// </summary>
    public string Scale { get; init; } = "unit";

    /// <summary>The name of the list; "" for a bare array.</summary>
    public string List { get; init; } = "results";

    /// <summary>Returns this many passages, regardless of the limit.</summary>
    public int? Send { get; init; }
}

/// <summary>The current settings and the requests.</summary>
public sealed class TavusBehavior
{
    private int _failuresLeft;
    private int _received;

    public TavusSwitches Switches { get; private set; } = new();

    /// <summary>Bodies of valid requests, oldest first.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>All requests since the settings were changed.</summary>
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

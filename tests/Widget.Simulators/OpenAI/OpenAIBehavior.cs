using System.Collections.Concurrent;
using System.Text.Json;

namespace Widget.Simulators.OpenAI;

/// <summary>How the simulated OpenAI behaves.</summary>
public sealed record OpenAISwitches
{
    /// <summary>Delay before the first byte of a response.</summary>
    public int DelayMs { get; init; }

    /// <summary>Delay between two pieces of a streamed response.</summary>
    public int TokenDelayMs { get; init; }

    /// <summary>Answers this many requests with <see cref="FailStatus"/>.</summary>
    public int FailNext { get; init; }

    public int FailStatus { get; init; } = 500;

    /// <summary>Sent as Retry-After with a failure, in seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Breaks the connection after this many pieces of a streamed response; null for never.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Does not report tokens, like some servers.</summary>
    public bool OmitUsage { get; init; }

    /// <summary>Refuses requests that ask for the number of tokens.</summary>
    public bool RefuseStreamOptions { get; init; }

    /// <summary>Answers this instead of answering from the sources.</summary>
    public string? Reply { get; init; }

    /// <summary>The transcript of every recording.</summary>
    public IReadOnlyList<TranscriptSegment>? Transcript { get; init; }

    /// <summary>The rewritten follow-up question, instead of one that begins with the question before.</summary>
    public string? Rewrite { get; init; }

    /// <summary>Additional delay before the first byte of a rewritten question.</summary>
    public int RewriteDelayMs { get; init; }

    /// <summary>Calls this function if the request offers it, and answers when there are results.</summary>
    public string? CallTool { get; init; }

    public JsonElement? ToolArguments { get; init; }

    /// <summary>Sent instead of the arguments; it need not be JSON.</summary>
    public string? RawToolArguments { get; init; }

    /// <summary>Calls it again when there are results.</summary>
    public bool CallAgain { get; init; }

    /// <summary>The length of vectors, unless a request names another one.</summary>
    public int Dimensions { get; init; } = 256;
}

/// <summary>A segment of a transcript, with its times in seconds.</summary>
public sealed record TranscriptSegment(double Start, double End, string Text);

/// <summary>The current settings and the requests.</summary>
public sealed class OpenAIBehavior
{
    private int _failuresLeft;
    private int _givenUp;

    public OpenAISwitches Switches { get; private set; } = new();

    /// <summary>Bodies of valid requests, oldest first.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>The credentials of all requests, also of those that were refused, oldest first.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    /// <summary>How many of the requests the client cancelled before they were answered.</summary>
    public int GivenUp => Volatile.Read(ref _givenUp);

    public void Set(OpenAISwitches switches)
    {
        Switches = switches;
        _failuresLeft = switches.FailNext;
        Requests.Clear();
        Keys.Clear();
        _givenUp = 0;
    }

    public void CountGivenUp() => Interlocked.Increment(ref _givenUp);

    public bool FailsNow() => Interlocked.Decrement(ref _failuresLeft) >= 0;
}

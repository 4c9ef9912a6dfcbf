using System.Collections.Concurrent;
using System.Text.Json;

namespace Widget.Simulators.OpenAI;

/// <summary>How the simulated OpenAI behaves, until it is told otherwise.</summary>
public sealed record OpenAISwitches
{
    /// <summary>Wait before the first byte of an answer.</summary>
    public int DelayMs { get; init; }

    /// <summary>Wait between two pieces of a streamed answer.</summary>
    public int TokenDelayMs { get; init; }

    /// <summary>Answer this many requests with <see cref="FailStatus"/>, then behave.</summary>
    public int FailNext { get; init; }

    public int FailStatus { get; init; } = 500;

    /// <summary>Ask those whom it fails to come back after so many seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Break the connection off after this many pieces of a streamed answer; never when null.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Say nothing of tokens, as some servers do.</summary>
    public bool OmitUsage { get; init; }

    /// <summary>Refuse requests that ask for the count of tokens.</summary>
    public bool RefuseStreamOptions { get; init; }

    /// <summary>Say this instead of answering from the sources.</summary>
    public string? Reply { get; init; }

    /// <summary>What is said in every recording.</summary>
    public IReadOnlyList<TranscriptSegment>? Transcript { get; init; }

    /// <summary>Say this when asked to rewrite a follow-up question, instead of joining it to the question before.</summary>
    public string? Rewrite { get; init; }

    /// <summary>Wait before the first byte of a rewritten question, besides <see cref="DelayMs"/>.</summary>
    public int RewriteDelayMs { get; init; }

    /// <summary>Call this function, if the request offers it, instead of answering; and answer once there are results.</summary>
    public string? CallTool { get; init; }

    public JsonElement? ToolArguments { get; init; }

    /// <summary>Write this in place of the arguments, which need be no JSON.</summary>
    public string? RawToolArguments { get; init; }

    /// <summary>Call it again when there are results.</summary>
    public bool CallAgain { get; init; }
}

/// <summary>Something said, with its times in seconds.</summary>
public sealed record TranscriptSegment(double Start, double End, string Text);

/// <summary>The switches as they stand, and what was asked.</summary>
public sealed class OpenAIBehavior
{
    private int _failuresLeft;
    private int _givenUp;

    public OpenAISwitches Switches { get; private set; } = new();

    /// <summary>Bodies of the requests that passed validation, oldest first.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>How many of these were given up by the client before they were answered.</summary>
    public int GivenUp => Volatile.Read(ref _givenUp);

    public void Set(OpenAISwitches switches)
    {
        Switches = switches;
        _failuresLeft = switches.FailNext;
        Requests.Clear();
        _givenUp = 0;
    }

    public void CountGivenUp() => Interlocked.Increment(ref _givenUp);

    public bool FailsNow() => Interlocked.Decrement(ref _failuresLeft) >= 0;
}

using System.Collections.Concurrent;

namespace Widget.Simulators.Speech;

/// <summary>How the simulated voices behave.</summary>
public sealed record SpeechSwitches
{
    /// <summary>Delay before the first byte of audio.</summary>
    public int DelayMs { get; init; }

    /// <summary>Delay between two pieces of audio.</summary>
    public int PieceDelayMs { get; init; }

    /// <summary>Answers this many requests for audio with <see cref="FailStatus"/>.</summary>
    public int FailNext { get; init; }

    public int FailStatus { get; init; } = 500;

    /// <summary>Breaks the connection after this many pieces; null for never.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Writes errors as FastAPI servers do (Kokoro, speaches) instead of as OpenAI does.</summary>
    public bool FastApi { get; init; }

    /// <summary>Lists the voices at /audio/voices, as Kokoro does and OpenAI does not.</summary>
    public bool ListsVoices { get; init; }

    /// <summary>The day on which the model is shut down, such as 2027-01-06.</summary>
    public string? ShutdownDate { get; init; }

    /// <summary>Characters left in the accounts' quota; null for plenty.</summary>
    public long? Quota { get; init; }

    /// <summary>Counts each piece's times from its own beginning instead of from the audio's.</summary>
    public bool RelativeTimes { get; init; }

    /// <summary>Sends times of another text than the requested one.</summary>
    public bool WrongCharacters { get; init; }
}

/// <summary>A valid request for audio.</summary>
public sealed record SpokenRequest(string Provider, string Text, string? Model, string Voice, string? PreviousText, string Host);

/// <summary>The current settings and the requests.</summary>
public sealed class SpeechBehavior
{
    private readonly Lock _lock = new();
    private int _failuresLeft;
    private int _refused;
    private int _givenUp;
    private int _running;
    private int _mostAtOnce;
    private long? _quota;

    public SpeechSwitches Switches { get; private set; } = new();

    /// <summary>Valid requests for audio, oldest first.</summary>
    public ConcurrentQueue<SpokenRequest> Requests { get; } = [];

    /// <summary>Counters for tests.</summary>
    public object Counts
    {
        get
        {
            lock (_lock) return new
            {
                refused = _refused,
                givenUp = _givenUp,
                running = _running,
                mostAtOnce = _mostAtOnce,
                quota = _quota,
            };
        }
    }

    /// <summary>What is left of ElevenLabs' subscription.</summary>
    public long? Quota
    {
        get
        {
            lock (_lock) return _quota;
        }
    }

    public void Set(SpeechSwitches switches)
    {
        lock (_lock)
        {
            (Switches, _failuresLeft, _quota) = (switches, switches.FailNext, switches.Quota);
            (_refused, _givenUp, _mostAtOnce) = (0, 0, _running);
            Requests.Clear();
        }
    }

    public bool FailsNow()
    {
        lock (_lock)
        {
            if (_failuresLeft <= 0) return false;
            _failuresLeft--;
            return true;
        }
    }

    public void CountRefused()
    {
        lock (_lock) _refused++;
    }

    /// <summary>Takes characters from the quota; false when there are too few.</summary>
    public bool Takes(int characters)
    {
        lock (_lock)
        {
            if (_quota < characters) return false;
            _quota -= characters;
            return true;
        }
    }

    public void Begin()
    {
        lock (_lock) _mostAtOnce = Math.Max(_mostAtOnce, ++_running);
    }

    public void End(bool givenUp)
    {
        lock (_lock)
        {
            _running--;
            if (givenUp) _givenUp++;
        }
    }
}

using System.Collections.Concurrent;

namespace Widget.Simulators.Speech;

/// <summary>How the simulated voices behave, until they are told otherwise.</summary>
public sealed record SpeechSwitches
{
    /// <summary>Wait before the first byte of sound.</summary>
    public int DelayMs { get; init; }

    /// <summary>Wait between two pieces of sound.</summary>
    public int PieceDelayMs { get; init; }

    /// <summary>Answer this many requests for sound with <see cref="FailStatus"/>, then behave.</summary>
    public int FailNext { get; init; }

    public int FailStatus { get; init; } = 500;

    /// <summary>Break the connection off after this many pieces; never when null.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Write errors as FastAPI servers do (Kokoro, speaches), not as OpenAI does.</summary>
    public bool FastApi { get; init; }

    /// <summary>Tell the voices at /audio/voices, as Kokoro does and OpenAI does not.</summary>
    public bool ListsVoices { get; init; }

    /// <summary>The day on which the model is shut down, as 2027-01-06.</summary>
    public string? ShutdownDate { get; init; }

    /// <summary>Characters that the accounts may still have spoken; null for enough.</summary>
    public long? Quota { get; init; }

    /// <summary>Count each piece's times from its own beginning, not from the sound's.</summary>
    public bool RelativeTimes { get; init; }

    /// <summary>Give times for another text than the one that was sent.</summary>
    public bool WrongCharacters { get; init; }
}

/// <summary>A request for sound that was accepted.</summary>
public sealed record SpokenRequest(string Provider, string Text, string? Model, string Voice, string? PreviousText, string Host);

/// <summary>The switches as they stand, and what was asked.</summary>
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

    /// <summary>Accepted requests for sound, oldest first.</summary>
    public ConcurrentQueue<SpokenRequest> Requests { get; } = [];

    /// <summary>Figures for tests.</summary>
    public object Counts
    {
        get
        {
            lock (_lock) return new { refused = _refused, givenUp = _givenUp, running = _running, mostAtOnce = _mostAtOnce, quota = _quota };
        }
    }

    /// <summary>What is left for ElevenLabs' subscription.</summary>
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

    /// <summary>Takes characters from the quota; false when there are not so many.</summary>
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

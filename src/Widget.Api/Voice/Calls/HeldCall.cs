using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Widget.Api.Voice.Dialogue;
using Widget.Api.Voice.Providers;
using Widget.Contracts;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// A call while this node holds it: the stage of its dialogue. Everything that happens comes in through one queue and is dealt with one thing at a time,
/// so that neither the dialogue nor this needs a lock.
/// </summary>
internal sealed class HeldCall : IVoiceStage, IDisposable
{
    /// <summary>How long after the end of a call unsaved lines are kept in memory while the database is unavailable.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMinutes(15);

    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<JsonObject> _outgoing = new();
    private readonly VoiceCall _call;
    private readonly VoiceBackstage _backstage;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationToken _ended;
    private readonly VoiceCallLog _log;
    private readonly HashSet<string> _typed = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, long> _usage;
    private long _deadline;
    private readonly List<Action> _early = [];
    private VoicePhase? _phase;
    private bool _begun;

    public HeldCall(VoiceCall call, VoiceBackstage backstage, TimeProvider clock, Func<IVoiceStage, IVoiceDialogue> dialogue)
    {
        (_call, _backstage, _clock) = (call, backstage, clock);
        _ended = _over.Token;
        _usage = call.Usage.ToImmutableDictionary(StringComparer.Ordinal);
        Deadline = call.Deadline;
        _log = new VoiceCallLog(
            (line, ct) => backstage.LogAsync(call, line, ct),
            (fault, isLost) => backstage.NotWritten(call, fault, isLost),
            clock);
        Dialogue = dialogue(this);
    }

    public IVoiceDialogue Dialogue { get; }

    /// <summary>A snapshot of the provider's usage figures: one task updates them, others read them.</summary>
    public IReadOnlyDictionary<string, long> Usage => Volatile.Read(ref _usage);

    /// <summary>The call's time limit as this node knows it, so that it is enforced even while the database is unavailable.</summary>
    public DateTimeOffset? Deadline
    {
        get => Interlocked.Read(ref _deadline) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        set => Interlocked.Exchange(ref _deadline, value?.UtcTicks ?? 0);
    }

    /// <summary>Cancelled when the call is over, or this node does not hold it any more.</summary>
    public CancellationToken Over => _ended;

    /// <summary>Why the call is to end; null while it goes on.</summary>
    public VoiceEndReason? Ending { get; private set; }

    /// <summary>Lets something happen, in its turn.</summary>
    public void Post(Action action) => _inbox.Writer.TryWrite(action);

    /// <summary>The line stands: what the visitor has wished meanwhile comes after what the call begins with.</summary>
    public void Begin(bool isNew) => Post(() =>
    {
        Dialogue.Begin(isNew);
        _begun = true;
        foreach (var wish in _early) wish();
        _early.Clear();
    });

    /// <summary>Lets something happen that the visitor wishes.</summary>
    public void Wish(Action action) => Post(() =>
    {
        if (_begun) action();
        else _early.Add(action);
    });

    /// <summary>Has something answered that the visitor has typed. A second time changes nothing.</summary>
    public void Say(string item, string text) => Wish(() =>
    {
        if (_typed.Add(item)) Dialogue.Say(item, text);
    });

    /// <summary>Deals with what happens until the call is to end or the line is gone.</summary>
    /// <param name="line">To the provider.</param>
    /// <param name="ct">This node does not hold the call any more.</param>
    public async Task RunAsync(IVoiceLine line, CancellationToken ct)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var gone = false;
        var reader = ReadAsync();
        try
        {
            while (Ending is null && !gone)
            {
                Do(await _inbox.Reader.ReadAsync(ct));
                while (_outgoing.TryDequeue(out var message)) await line.SendAsync(message, ct);
            }
        }
        catch (VoiceProviderException)
        {
            // The line broke while something was sent; whoever runs this sees whether there is another.
            _outgoing.Clear();
        }
        finally
        {
            await reading.CancelAsync();
            await reader.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task ReadAsync()
        {
            try
            {
                await foreach (var message in line.ReadAsync(reading.Token)) Post(() => Dialogue.Hear(message));
            }
            catch (Exception e) when (!reading.IsCancellationRequested)
            {
                _backstage.Fault(_call, e);
            }
            finally
            {
                Post(() => gone = true);
            }
        }
    }

    /// <summary>
    /// Called when the call is over or this node no longer holds it. Writes everything that was said to the log. Does not throw.
    /// </summary>
    /// <param name="stopping">Cancelled when the node stops, which shortens the wait for an unavailable database.</param>
    public async Task CloseAsync(CancellationToken stopping)
    {
        await _over.CancelAsync();
        _inbox.Writer.TryComplete();
        Do(Dialogue.Close);
        await _log.CloseAsync(LastWords, stopping);
    }

    public void Dispose()
    {
        _over.Dispose();
        _log.Dispose();
    }

    public void Send(JsonObject message) => _outgoing.Enqueue(message);

    public void Show(VoicePhase phase, VoiceCaption? caption)
    {
        if (caption is null && phase == _phase) return;
        _phase = phase;
        _backstage.Show(_call, phase, caption);
    }

    // Written in the background, so that a slow database does not delay the conversation.
    public void Log(SpokenLine line) => _log.Add(line);

    public void LookUp(string item, string words) => Work(
        ct => _backstage.LookUpAsync(_call, item, words, ct),
        found => Dialogue.LookedUp(item, found));

    public void RunTool(string callId, string name, string arguments) => Work(
        ct => _backstage.RunToolAsync(_call, callId, name, arguments, ct),
        output => Dialogue.ToolRan(callId, output));

    public void Answer(string callId, string question) => Work(
        ct => _backstage.AnswerAsync(_call, callId, question, ct),
        output => Dialogue.ToolRan(callId, output));

    public void Count(string figure, long amount)
    {
        if (amount > 0) ImmutableInterlocked.AddOrUpdate(ref _usage, figure, amount, (_, sum) => sum + amount);
    }

    public void Total(string figure, long amount) =>
        ImmutableInterlocked.AddOrUpdate(ref _usage, figure, amount, (_, known) => Math.Max(amount, known));

    public void After(TimeSpan delay, Action then) => _ = Task.Delay(delay, _clock, _ended).ContinueWith(
        _ => Post(then),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnRanToCompletion,
        TaskScheduler.Default);

    public void End(VoiceEndReason reason) => Ending ??= reason;

    public void Note(string words) => _backstage.Note(_call, words);

    private void Work<T>(Func<CancellationToken, Task<T>> work, Action<T> then)
    {
        _ = Task.Run(
            async () =>
            {
                try
                {
                    var result = await work(_ended);
                    Post(() => then(result));
                }
                catch (OperationCanceledException) when (_ended.IsCancellationRequested)
                {
                    // The call is over, so the result is not needed.
                }
                catch (Exception e)
                {
                    _backstage.Fault(_call, e);
                }
            },
            CancellationToken.None);
    }

    // An exception from one message must not end the call: later messages may still be processed.
    private void Do(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _backstage.Fault(_call, e);
        }
    }
}

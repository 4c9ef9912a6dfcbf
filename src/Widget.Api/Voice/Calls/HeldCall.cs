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
    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<JsonObject> _outgoing = new();
    private readonly VoiceCall _call;
    private readonly VoiceBackstage _backstage;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationToken _ended;
    private Task _logging = Task.CompletedTask;
    private readonly List<Action> _early = [];
    private VoicePhase? _phase;
    private bool _begun;

    public HeldCall(VoiceCall call, VoiceBackstage backstage, TimeProvider clock, Func<IVoiceStage, IVoiceDialogue> dialogue)
    {
        (_call, _backstage, _clock) = (call, backstage, clock);
        _ended = _over.Token;
        Usage = new Dictionary<string, long>(call.Usage, StringComparer.Ordinal);
        Dialogue = dialogue(this);
    }

    public IVoiceDialogue Dialogue { get; }

    /// <summary>The provider's figures so far.</summary>
    public Dictionary<string, long> Usage { get; }

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
                (await _inbox.Reader.ReadAsync(ct))();
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
            await foreach (var message in line.ReadAsync(reading.Token)) Post(() => Dialogue.Hear(message));
            Post(() => gone = true);
        }
    }

    /// <summary>The call is over: everything that was said goes to the log.</summary>
    public async Task CloseAsync()
    {
        await _over.CancelAsync();
        _inbox.Writer.TryComplete();
        Dialogue.Close();
        await _logging;
    }

    public void Dispose() => _over.Dispose();

    public void Send(JsonObject message) => _outgoing.Enqueue(message);

    public void Show(VoicePhase phase, VoiceCaption? caption)
    {
        if (caption is null && phase == _phase) return;
        _phase = phase;
        _backstage.Show(_call, phase, caption);
    }

    // One after the other, in their order, beside the conversation: the database must not hold it up.
    public void Log(SpokenLine line) => _logging = _logging.ContinueWith(
        _ => _backstage.LogAsync(_call, line),
        CancellationToken.None,
        TaskContinuationOptions.None,
        TaskScheduler.Default).Unwrap();

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
        if (amount > 0) Usage[figure] = Usage.GetValueOrDefault(figure) + amount;
    }

    public void Total(string figure, long amount) => Usage[figure] = Math.Max(amount, Usage.GetValueOrDefault(figure));

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
                var result = await work(_ended);
                Post(() => then(result));
            },
            CancellationToken.None);
    }
}

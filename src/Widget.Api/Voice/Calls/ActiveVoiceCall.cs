using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Widget.Api.Calls;
using Widget.Api.Voice.Dialogue;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// A call that this node runs. Provider events, commands and results go through one queue and are handled one at a time, so neither the
/// dialogue nor this class needs a lock.
/// </summary>
internal sealed partial class ActiveVoiceCall : IDialogueActions, IDisposable
{
    /// <summary>How long after the end of a call to keep unsaved lines in memory while the database is unavailable.</summary>
    private static readonly TimeSpan MaxTranscriptSaveTime = TimeSpan.FromMinutes(15);

    private readonly Channel<Action> _actions = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<JsonObject> _outgoing = new();
    private readonly VoiceCall _call;
    private readonly VoiceBus _bus;
    private readonly VoiceCallTools _tools;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly TranscriptWriter _transcript;
    private readonly HashSet<string> _typedItems = new(StringComparer.Ordinal);
    private readonly List<Action> _requestsBeforeStart = [];
    private ImmutableDictionary<string, long> _usage;
    private long _deadline;
    private VoicePhase? _phase;
    private bool _isStarted;

    public ActiveVoiceCall(
        VoiceCall call,
        VoiceBus bus,
        VoiceCallLog log,
        VoiceCallTools tools,
        TimeProvider clock,
        ILogger logger,
        Func<IDialogueActions, IVoiceDialogue> dialogue)
    {
        (_call, _bus, _tools, _clock, _logger) = (call, bus, tools, clock, logger);
        Ended = _ending.Token;
        _usage = call.Usage.ToImmutableDictionary(StringComparer.Ordinal);
        Deadline = call.Deadline;
        _transcript = new TranscriptWriter((said, ct) => log.SaveAsync(call, said, ct), ReportUnsaved, clock);
        Dialogue = dialogue(this);
    }

    public IVoiceDialogue Dialogue { get; }

    /// <summary>A snapshot of the provider's usage figures. One task updates them, others read them.</summary>
    public IReadOnlyDictionary<string, long> Usage => Volatile.Read(ref _usage);

    /// <summary>The call's time limit as this node knows it, so that it is enforced even while the database is unavailable.</summary>
    public DateTimeOffset? Deadline
    {
        get => Interlocked.Read(ref _deadline) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        set => Interlocked.Exchange(ref _deadline, value?.UtcTicks ?? 0);
    }

    /// <summary>Cancelled when the call is over, or when this node no longer runs it.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Why the call must end; null while it continues.</summary>
    public VoiceEndReason? EndReason { get; private set; }

    /// <summary>Queues an action.</summary>
    public void Post(Action action) => _actions.Writer.TryWrite(action);

    /// <summary>Starts the dialogue, then runs the requests that arrived before.</summary>
    public void StartDialogue(bool isNew) => Post(() =>
    {
        Dialogue.Start(isNew);
        _isStarted = true;
        foreach (var request in _requestsBeforeStart) request();
        _requestsBeforeStart.Clear();
    });

    /// <summary>Queues a request of the visitor. It runs when the dialogue has started.</summary>
    public void PostRequest(Action request) => Post(() =>
    {
        if (_isStarted) request();
        else _requestsBeforeStart.Add(request);
    });

    /// <summary>Passes a typed message to the dialogue. A repeated message is ignored.</summary>
    public void HandleTypedMessage(string item, string text) => PostRequest(() =>
    {
        if (_typedItems.Add(item)) Dialogue.HandleTypedMessage(item, text);
    });

    /// <summary>Handles queued actions until the call must end or the connection closes.</summary>
    /// <param name="connection">The connection to the provider.</param>
    /// <param name="ct">Cancelled when this node no longer runs the call.</param>
    public async Task RunAsync(IVoiceConnection connection, CancellationToken ct)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var isClosed = false;
        var reader = ReadAsync();
        try
        {
            while (EndReason is null && !isClosed)
            {
                Run(await _actions.Reader.ReadAsync(ct));
                while (_outgoing.TryDequeue(out var message)) await connection.SendAsync(message, ct);
            }
        }
        catch (VoiceProviderException)
        {
            // The connection broke while sending. The caller reconnects if the call continues.
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
                await foreach (var message in connection.ReadAsync(reading.Token)) Post(() => Dialogue.HandleEvent(message));
            }
            catch (Exception e) when (!reading.IsCancellationRequested)
            {
                ReportFault(e);
            }
            finally
            {
                Post(() => isClosed = true);
            }
        }
    }

    /// <summary>Saves everything that was said, when the call is over or this node no longer runs it. Does not throw.</summary>
    /// <param name="stopping">Cancelled when the node stops, which shortens the wait for an unavailable database.</param>
    public async Task CloseAsync(CancellationToken stopping)
    {
        await _ending.CancelAsync();
        _actions.Writer.TryComplete();
        Run(Dialogue.Close);
        await _transcript.CloseAsync(MaxTranscriptSaveTime, stopping);
    }

    public void Dispose()
    {
        _ending.Dispose();
        _transcript.Dispose();
    }

    public void Send(JsonObject message) => _outgoing.Enqueue(message);

    public void ShowState(VoicePhase phase, VoiceCaption? caption)
    {
        if (caption is null && phase == _phase) return;
        _phase = phase;
        _bus.Publish(_call.ConversationId, new VoiceUpdate { SessionId = _call.Id.Value, Phase = phase, Caption = caption });
    }

    // Saved in the background, so that a slow database does not delay the conversation.
    public void LogUtterance(SpokenUtterance utterance) => _transcript.Add(utterance);

    public void SearchKnowledge(string item, string text) => RunInBackground(
        ct => _tools.SearchAsync(_call, item, text, ct),
        result => Dialogue.HandleSearchResult(item, result));

    public void RunTool(string callId, string name, string arguments) => RunInBackground(
        ct => _tools.RunToolAsync(_call, callId, name, arguments, ct),
        output =>
        {
            Dialogue.HandleToolResult(callId, output.Text);
            // The visitor has said goodbye. The call goes on until the assistant's goodbye is heard.
            if (output.EndsCall) RunAfter(ICallEnder.GoodbyeTime, () => End(VoiceEndReason.Visitor));
        });

    public void AnswerQuestion(string callId, string question) => RunInBackground(
        ct => _tools.AnswerAsync(_call, callId, question, ct),
        output => Dialogue.HandleToolResult(callId, output));

    public void AddUsage(string figure, long amount)
    {
        if (amount > 0) ImmutableInterlocked.AddOrUpdate(ref _usage, figure, amount, (_, sum) => sum + amount);
    }

    public void SetUsage(string figure, long total) =>
        ImmutableInterlocked.AddOrUpdate(ref _usage, figure, total, (_, known) => Math.Max(total, known));

    public void RunAfter(TimeSpan delay, Action then) => _ = Task.Delay(delay, _clock, Ended).ContinueWith(
        _ => Post(then),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnRanToCompletion,
        TaskScheduler.Default);

    public void End(VoiceEndReason reason) => EndReason ??= reason;

    public void Warn(string message) => LogWarning(_logger, _call.Id, message);

    private void RunInBackground<T>(Func<CancellationToken, Task<T>> work, Action<T> then)
    {
        _ = Task.Run(
            async () =>
            {
                try
                {
                    var result = await work(Ended);
                    Post(() => then(result));
                }
                catch (OperationCanceledException) when (Ended.IsCancellationRequested)
                {
                    // The call is over, so the result is not needed.
                }
                catch (Exception e)
                {
                    ReportFault(e);
                }
            },
            CancellationToken.None);
    }

    // An exception from one message must not end the call: later messages may still be processed.
    private void Run(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            ReportFault(e);
        }
    }

    private void ReportFault(Exception exception) => _logger.LogUnexpected(SanitizedException.From(exception), _call.Id);

    private void ReportUnsaved(Exception? exception, bool isLost)
    {
        if (isLost) LogLost(_logger, exception is null ? null : SanitizedException.From(exception), _call.Id);
        else if (DatabaseFaults.IsTransient(exception)) LogWaiting(_logger, exception, _call.Id);
        else LogRetrying(_logger, exception is null ? null : SanitizedException.From(exception), _call.Id);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Voice call {Call}: {Warning}")]
    private static partial void LogWarning(ILogger logger, VoiceCallId call, string warning);

    [LoggerMessage(Level = LogLevel.Error, Message = "A transcript line of voice call {Call} could not be saved and is lost")]
    private static partial void LogLost(ILogger logger, Exception? exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; the transcript of voice call {Call} is saved later")]
    private static partial void LogWaiting(ILogger logger, Exception? exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Error, Message = "A transcript line of voice call {Call} could not be saved and is retried")]
    private static partial void LogRetrying(ILogger logger, Exception? exception, VoiceCallId call);
}

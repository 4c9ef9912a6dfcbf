using System.Threading.Channels;
using Widget.Api.Voice.Dialogue;
using Widget.Platform.Database;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Saves the transcript of one call, line by line and in order. While the database is unavailable, the lines are kept in memory and saved
/// later.
/// </summary>
internal sealed class TranscriptWriter : IDisposable
{
    /// <summary>The largest number of waiting lines. A call of an hour has fewer, unless its page invents events.</summary>
    internal const int MaxQueuedLines = 5_000;

    /// <summary>
    /// How often to try to write a line that fails although the database is available. Then the line is dropped, so that it does not block
    /// later lines.
    /// </summary>
    private const int MaxAttempts = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping node waits for an unavailable database.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<SpokenUtterance> _lines =
        Channel.CreateBounded<SpokenUtterance>(new BoundedChannelOptions(MaxQueuedLines) { SingleReader = true });

    private readonly CancellationTokenSource _abandoned = new();
    private readonly CancellationToken _abandonedToken;
    private readonly Func<SpokenUtterance, CancellationToken, Task> _write;
    private readonly Action<Exception?, bool> _report;
    private readonly TimeProvider _clock;
    private readonly Task _writing;

    /// <param name="write">Writes a line unless it exists already, because a failed attempt may have been committed.</param>
    /// <param name="report">Called for every failure, with whether the line is lost.</param>
    /// <param name="clock">For the pauses between attempts.</param>
    public TranscriptWriter(Func<SpokenUtterance, CancellationToken, Task> write, Action<Exception?, bool> report, TimeProvider clock)
    {
        (_write, _report, _clock, _abandonedToken) = (write, report, clock, _abandoned.Token);
        _writing = WriteAllAsync();
    }

    public void Add(SpokenUtterance line)
    {
        if (!_lines.Writer.TryWrite(line)) _report(null, true);
    }

    /// <summary>Accepts no more lines. Returns when all lines are written, or after the timeout.</summary>
    /// <param name="timeout">How long to wait for an unavailable database.</param>
    /// <param name="stopping">Cancelled when the node stops, which shortens the wait.</param>
    public async Task CloseAsync(TimeSpan timeout, CancellationToken stopping)
    {
        _lines.Writer.TryComplete();
        using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            await Task.WhenAny(_writing, Task.Delay(timeout, _clock, waiting.Token));
            await waiting.CancelAsync();
        }

        if (stopping.IsCancellationRequested && !_writing.IsCompleted)
            await Task.WhenAny(_writing, Task.Delay(ShutdownTimeout, _clock, CancellationToken.None));
        await _abandoned.CancelAsync();
        await _writing;
    }

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _abandoned.Cancel();
        _abandoned.Dispose();
    }

    private async Task WriteAllAsync()
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(CancellationToken.None)) await WriteAsync(line);
    }

    private async Task WriteAsync(SpokenUtterance line)
    {
        var backoff = new Backoff(_clock, FirstPause, MaxPause);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _write(line, _abandonedToken);
                return;
            }
            catch (Exception e)
            {
                var isLost = _abandonedToken.IsCancellationRequested || (attempt >= MaxAttempts && !DatabaseFaults.IsTransient(e));
                _report(e, isLost);
                if (isLost) return;
                await backoff.WaitAsync(_abandonedToken);
            }
        }
    }
}

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
    /// <summary>More lines than a call of an hour has. Only a page that invents events could queue more.</summary>
    internal const int MostWaiting = 5_000;

    /// <summary>
    /// How often to try to write a line that fails although the database is available. After that it is dropped, so that later lines are
    /// not blocked forever.
    /// </summary>
    private const int MostTries = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping node waits for an unavailable database.</summary>
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(5);

    private readonly Channel<SpokenUtterance> _lines =
        Channel.CreateBounded<SpokenUtterance>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly CancellationTokenSource _givenUp = new();
    private readonly CancellationToken _end;
    private readonly Func<SpokenUtterance, CancellationToken, Task> _write;
    private readonly Action<Exception?, bool> _report;
    private readonly TimeProvider _clock;
    private readonly Task _writing;

    /// <param name="write">Writes a line unless it exists: an attempt that failed may have been committed.</param>
    /// <param name="report">Called for every failure, with whether the line is lost.</param>
    /// <param name="clock">For the pauses between attempts.</param>
    public TranscriptWriter(Func<SpokenUtterance, CancellationToken, Task> write, Action<Exception?, bool> report, TimeProvider clock)
    {
        (_write, _report, _clock, _end) = (write, report, clock, _givenUp.Token);
        _writing = WriteAllAsync();
    }

    public void Add(SpokenUtterance line)
    {
        if (!_lines.Writer.TryWrite(line)) _report(null, true);
    }

    /// <summary>Ends the log: no more lines are added. Returns when all lines are written, or when the time is up.</summary>
    /// <param name="patience">How long to wait for an unavailable database.</param>
    /// <param name="stopping">Cancelled when the node stops, which shortens the wait.</param>
    public async Task CloseAsync(TimeSpan patience, CancellationToken stopping)
    {
        _lines.Writer.TryComplete();
        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            await Task.WhenAny(_writing, Task.Delay(patience, _clock, enough.Token));
            await enough.CancelAsync();
        }

        if (stopping.IsCancellationRequested && !_writing.IsCompleted)
            await Task.WhenAny(_writing, Task.Delay(Stopping, _clock, CancellationToken.None));
        await _givenUp.CancelAsync();
        await _writing;
    }

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _givenUp.Cancel();
        _givenUp.Dispose();
    }

    private async Task WriteAllAsync()
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(CancellationToken.None)) await WriteAsync(line);
    }

    private async Task WriteAsync(SpokenUtterance line)
    {
        var pause = new Backoff(_clock, FirstPause, LongestPause);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _write(line, _end);
                return;
            }
            catch (Exception e)
            {
                var isLost = _end.IsCancellationRequested || (attempt >= MostTries && !DatabaseFaults.IsTransient(e));
                _report(e, isLost);
                if (isLost) return;
                await pause.WaitAsync(_end);
            }
        }
    }
}

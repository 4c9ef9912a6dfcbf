using System.Collections.Concurrent;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Dialogue;
using Widget.Contracts;

namespace Widget.Api.Tests.Voice;

/// <summary>How a call's transcript is saved when writing fails.</summary>
public sealed class TranscriptWriterShould
{
    private readonly ConcurrentQueue<string> _written = [];
    private int _lost;

    [Fact]
    public async Task Write_every_line_in_order_despite_failures()
    {
        var random = new Random(17);
        using var log = Start(_ => random.Next(2) == 0 ? new TimeoutException() : null);

        for (var i = 0; i < 20; i++) log.Add(Line($"{i}"));
        await log.CloseAsync(TimeSpan.FromMinutes(1), CancellationToken.None);

        _written.ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i}"));
        _lost.ShouldBe(0);
    }

    [Fact]
    public async Task Drop_a_line_that_cannot_be_stored_and_write_the_next_ones()
    {
        using var log = Start(line => line.Item == "bad" ? new InvalidOperationException("It cannot be stored.") : null);

        foreach (var item in new[] { "a", "bad", "b" }) log.Add(Line(item));
        await log.CloseAsync(TimeSpan.FromMinutes(1), CancellationToken.None);

        _written.ShouldBe(["a", "b"]);
        _lost.ShouldBe(1);
    }

    [Fact]
    public async Task Not_delay_a_stopping_node_while_the_database_is_unavailable()
    {
        using var log = Start(_ => new TimeoutException());
        using var stopping = new CancellationTokenSource();
        foreach (var item in new[] { "a", "b" }) log.Add(Line(item));

        await stopping.CancelAsync();
        await log.CloseAsync(TimeSpan.FromHours(1), stopping.Token).WaitAsync(
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);

        _lost.ShouldBe(2);
    }

    [Fact]
    public async Task Not_queue_more_lines_than_a_call_can_have()
    {
        using var log = Start(_ => new TimeoutException());

        for (var i = 0; i < TranscriptWriter.MaxQueuedLines + 10; i++) log.Add(Line($"{i}"));

        // One line may be on its way already.
        _lost.ShouldBeInRange(9, 10);
        await log.CloseAsync(TimeSpan.Zero, CancellationToken.None);
    }

    private TranscriptWriter Start(Func<SpokenUtterance, Exception?> fault) => new(
        (line, _) =>
        {
            if (fault(line) is { } exception) throw exception;
            _written.Enqueue(line.Item);
            return Task.CompletedTask;
        },
        (_, isLost) => Interlocked.Add(ref _lost, isLost ? 1 : 0),
        TimeProvider.System);

    private static SpokenUtterance Line(string item) => new(item, Speaker.Visitor, item, Interrupted: false);
}

using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Platform.Work;
using Widget.Testing;

namespace Widget.Rag.Tests.Work;

/// <summary>Listening for PostgreSQL's notifications.</summary>
public sealed class NotificationListenerShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deliver_each_channel_to_its_subscriber_and_reconnect()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (first, second) = (new Subscriber("first"), new Subscriber("second"));
        using var listener = new NotificationListener(
            database.OwnerSource, [first, second], TimeProvider.System, NullLogger<NotificationListener>.Instance);
        await listener.StartAsync(Ct);
        await first.SeesAsync("connected");
        await second.SeesAsync("connected");

        await NotifyAsync(database, "first", "one");
        await NotifyAsync(database, "second", "two");
        await first.SeesAsync("one");
        await second.SeesAsync("two");

        await ExecuteAsync(
            database,
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and query like 'listen%' and pid <> pg_backend_pid()
            """);
        await first.SeesAsync("connected");
        await second.SeesAsync("connected");
        await NotifyAsync(database, "second", "three");
        await second.SeesAsync("three");
        await listener.StopAsync(Ct);
    }

    [Fact]
    public async Task Go_on_when_a_subscriber_throws()
    {
        await using var database = await TestDatabase.CreateAsync();
        var subscriber = new Subscriber("first") { Refused = "bad" };
        using var listener = new NotificationListener(
            database.OwnerSource, [subscriber], TimeProvider.System, NullLogger<NotificationListener>.Instance);
        await listener.StartAsync(Ct);
        await subscriber.SeesAsync("connected");

        await NotifyAsync(database, "first", "bad");
        await NotifyAsync(database, "first", "good");

        await subscriber.SeesAsync("good");
        await listener.StopAsync(Ct);
    }

    private static Task NotifyAsync(TestDatabase database, string channel, string payload) =>
        ExecuteAsync(database, $"select pg_notify('{channel}', '{payload}')");

    private static async Task ExecuteAsync(TestDatabase database, string statement)
    {
        await using var command = database.OwnerSource.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private sealed class Subscriber(string channel) : INotificationSubscriber
    {
        private readonly Channel<string> _seen = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public string? Refused { get; init; }

        public string Channel => channel;

        public void Connected() => _seen.Writer.TryWrite("connected");

        public void Receive(string payload)
        {
            if (payload == Refused) throw new InvalidOperationException();
            _seen.Writer.TryWrite(payload);
        }

        public async Task SeesAsync(string expected)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            late.CancelAfter(TimeSpan.FromSeconds(20));
            (await _seen.Reader.ReadAsync(late.Token)).ShouldBe(expected);
        }
    }
}

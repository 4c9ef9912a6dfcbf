using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Database;

namespace Widget.Platform.Work;

/// <summary>Receives the notifications of one PostgreSQL channel. A channel may have several subscribers.</summary>
public interface INotificationSubscriber
{
    string Channel { get; }

    /// <summary>Called when listening begins and after each reconnect. Notifications from before that time may be missing.</summary>
    void Connected();

    void Receive(string payload);
}

/// <summary>Listens for PostgreSQL's notifications on behalf of all subscribers of a node, on one connection.</summary>
public sealed partial class NotificationListener(
    NpgsqlDataSource dataSource,
    IEnumerable<INotificationSubscriber> subscribers,
    TimeProvider clock,
    ILogger<NotificationListener> logger) : BackgroundWorker(clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private readonly ILookup<string, INotificationSubscriber> _subscribers =
        subscribers.ToLookup(subscriber => subscriber.Channel, StringComparer.Ordinal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        RepeatAsync(ListenAsync, FirstPause, MaxPause, stoppingToken);

    // A broken connection is an IOException.
    protected override bool IsDatabaseFault(Exception exception) => exception is IOException || base.IsDatabaseFault(exception);

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        connection.Notification += (_, notification) =>
            Deliver(notification.Channel, subscriber => subscriber.Receive(notification.Payload));
        await using (var listen = connection.CreateCommand())
        {
            listen.CommandText = string.Join("; ", _subscribers.Select(channel => $"listen {channel.Key}"));
            await listen.ExecuteNonQueryAsync(ct);
        }

        foreach (var channel in _subscribers) Deliver(channel.Key, subscriber => subscriber.Connected());
        while (!ct.IsCancellationRequested) await connection.WaitAsync(ct);
    }

    // One subscriber's exception must not end the connection of all.
    private void Deliver(string channel, Action<INotificationSubscriber> deliver)
    {
        foreach (var subscriber in _subscribers[channel])
        {
            try
            {
                deliver(subscriber);
            }
            catch (Exception e)
            {
                LogNotDelivered(SanitizedException.From(e), channel);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; notifications are delivered again when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Listening for notifications failed and is retried")]
    protected override partial void LogFailure(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A notification on channel {Channel} could not be delivered")]
    private partial void LogNotDelivered(Exception exception, string channel);
}

public static class NotificationServices
{
    /// <summary>Delivers notifications to a registered singleton.</summary>
    public static IServiceCollection AddNotificationSubscriber<TSubscriber>(this IServiceCollection services)
        where TSubscriber : class, INotificationSubscriber
    {
        services.AddSingleton<INotificationSubscriber>(provider => provider.GetRequiredService<TSubscriber>());
        return services.AddHostedService<NotificationListener>();
    }
}

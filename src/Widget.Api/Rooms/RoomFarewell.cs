namespace Widget.Api.Rooms;

/// <summary>
/// Lets all pages hear that the server stops, before SignalR closes their connections. SignalR does so in a callback of
/// ApplicationStopping. Callbacks run in the reverse order of their registration, so this one, which is registered later, is called before.
/// </summary>
internal sealed class RoomFarewell(RoomConnections connections, IHostApplicationLifetime lifetime) : IHostedService
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The streams have noticed it themselves. A connection is removed after its last update was sent.
        lifetime.ApplicationStopping.Register(() => SpinWait.SpinUntil(() => connections.Ids.Length == 0, MaxWait));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Widget.Admin.Api;
using Widget.Contracts;

namespace Widget.Admin.Inbox;

/// <summary>
/// The viewer's connection to the API's inbox hub. It goes on while the viewer visits other pages, so that a rep who is available stays
/// available. After a lost connection it connects again and asks its listeners to read the inbox anew.
/// </summary>
public sealed class InboxLive(ApiClient api, Workspace workspace, ApiConnection connection, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan Sign = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _leaving = new(Timeout.InfiniteTimeSpan, TimeProvider.System);
    private HubConnection? _hub;
    private Task _running = Task.CompletedTask;
    private Guid _rep;
    private Guid? _looking;

    /// <summary>Whether updates arrive.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Whether the viewer takes conversations.</summary>
    public bool IsAvailable { get; private set; }

    /// <summary>Is raised for each update, on any thread. After a new connection, it has <see cref="InboxUpdate.Reload"/>.</summary>
    public Action<InboxUpdate>? Updated { get; set; }

    /// <summary>Connects, unless it is connected already.</summary>
    /// <param name="rep">As whom.</param>
    public void Start(Guid rep)
    {
        if (_hub is not null) return;
        _rep = rep;
        _hub = new HubConnectionBuilder().WithUrl(new Uri(api.Address, "/hubs/inbox"), options =>
        {
            options.AccessTokenProvider = workspace.TokenAsync;
            if (workspace.Tenant is { } tenant) options.Headers["X-Tenant"] = tenant;
        }).Build();
        _running = Task.WhenAll(WatchAsync(_hub), SignAsync());
    }

    /// <summary>Says which conversation the viewer looks at; null for none.</summary>
    public Task LookAsync(Guid? conversation)
    {
        _looking = conversation;
        return CallAsync("Look", conversation, _rep);
    }

    public Task TypingAsync(Guid conversation) => CallAsync("Typing", conversation, _rep);

    public Task ReadAsync(Guid conversation, int seq) => CallAsync("Read", conversation, _rep, seq);

    public Task SetAvailableAsync(bool available)
    {
        IsAvailable = available;
        return CallAsync("Available", _rep, available);
    }

    private async Task WatchAsync(HubConnection hub)
    {
        while (!_leaving.IsCancellationRequested)
        {
            try
            {
                await hub.StartAsync(_leaving.Token);
                var first = true;
                await foreach (var update in hub.StreamAsync<InboxUpdate>("Watch", _rep, _leaving.Token))
                {
                    if (first) await GreetAsync();
                    Updated?.Invoke(first ? new InboxUpdate { Reload = true } : update);
                    first = false;
                }
            }
            catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or HubException or InvalidOperationException
                or OperationCanceledException or System.Net.WebSockets.WebSocketException or TimeoutException or AggregateException)
            {
                // The API is restarting or away. The notice at the top of the page says so, and this connects again.
                connection.Report(reachable: e is HubException);
            }

            IsConnected = false;
            Updated?.Invoke(new InboxUpdate());
            try
            {
                await hub.StopAsync(_leaving.Token);
                await Task.Delay(Pause, clock, _leaving.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task GreetAsync()
    {
        IsConnected = true;
        connection.Report(reachable: true);
        if (IsAvailable) await CallAsync("Available", _rep, true);
        if (_looking is { } conversation) await CallAsync("Look", conversation, _rep);
    }

    // The API forgets a rep whose signs stop.
    private async Task SignAsync()
    {
        using var timer = new PeriodicTimer(Sign, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_leaving.Token))
            {
                if (IsAvailable) await CallAsync("Available", _rep, true);
                if (_looking is { } conversation) await CallAsync("Look", conversation, _rep);
            }
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
    }

    private async Task CallAsync(string method, params object?[] arguments)
    {
        if (_hub is not { State: HubConnectionState.Connected } hub) return;
        try
        {
            await hub.InvokeCoreAsync(method, arguments, _leaving.Token);
        }
        catch (Exception e) when (e is HubException or InvalidOperationException or IOException or OperationCanceledException)
        {
            // These signs are repeated, or do not matter after a lost connection.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (IsAvailable) await CallAsync("Available", _rep, false);
        await _leaving.CancelAsync();
        if (_hub is not null) await _hub.DisposeAsync();
        await _running;
        _leaving.Dispose();
    }
}

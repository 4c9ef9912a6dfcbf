using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Widget.Api.Tenancy;

namespace Widget.Api.Host.WarmUp;

/// <summary>
/// Warms up the node, so that its first visitors do not wait for code to be compiled and for connections to be opened. Before the server
/// listens, it asks questions for a tenant that does not exist, which find nothing and write nothing. Once the server listens, it calls the
/// liveness check. Each of the two parts ends after <see cref="TimeLimit"/> at the latest. The node is ready after that.
/// </summary>
internal sealed partial class NodeWarmUp(
    WarmUpQuestion question,
    OwnHosts hosts,
    IServer server,
    TimeProvider clock,
    ILogger<NodeWarmUp> logger) : IHostedLifecycleService
{
    // Questions are asked in parallel, so that the pool opens several connections.
    private const int Lanes = 8;
    private const int RoundsPerLane = 12;

    /// <summary>Time limit of each of the two parts, so that a slow database does not keep the server from starting.</summary>
    internal static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    // Compiled code stays for the life of the process, so one warm-up is enough.
    private static int _hasStarted;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isNeeded;

    /// <summary>Completes when the node is warm or the time is up.</summary>
    public Task Done => _done.Task;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _isNeeded = Interlocked.Exchange(ref _hasStarted, 1) == 0;
        if (_isNeeded) await RunAsync(question.AskAsync, cancellationToken);
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        // Requests may arrive from now on, so the hosts must be known.
        hosts.AddListeningAddresses(server);
        try
        {
            if (!_isNeeded || Address() is not { } address) return;
            using var http = new HttpClient { BaseAddress = address };
            await RunAsync((_, _, ct) => RequestAsync(http, ct), cancellationToken);
        }
        finally
        {
            _done.TrySetResult();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RunAsync(Func<int, int, CancellationToken, Task> step, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(TimeLimit, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
            {
                await Task.Yield();
                for (var round = 0; round < RoundsPerLane; round++) await step(lane, round, linked.Token);
            }));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogEndedEarly(e is OperationCanceledException ? "timeout" : "error");
        }
    }

    // Rate limits do not count this path.
    private static async Task RequestAsync(HttpClient http, CancellationToken ct)
    {
        using var response = await http.GetAsync("/health/live", ct);
    }

    // Null when the server does not listen for plain HTTP on this machine. Then the first requests compile the rest.
    private Uri? Address() => (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        .Select(BindingAddress.Parse)
        .Where(address => address is { Scheme: "http", IsUnixPipe: false, Port: > 0 })
        .Select(address => new Uri($"http://{(IsAny(address.Host) ? "127.0.0.1" : address.Host)}:{address.Port}"))
        .FirstOrDefault(address => address.IsLoopback);

    private static bool IsAny(string host) => host is "*" or "+" or "0.0.0.0" or "[::]";

    [LoggerMessage(Level = LogLevel.Information, Message = "The warm-up ended early ({Reason}); the first answers may take longer")]
    private partial void LogEndedEarly(string reason);
}

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Widget.Api.Tenancy;

namespace Widget.Api.Host.WarmUp;

/// <summary>
/// Goes the way of a question once the process has started, before the server listens, and then asks itself whether it is alive. It does so
/// for a tenant that does not exist, so it finds nothing and writes nothing. The code is compiled and connections are open by then.
/// Otherwise the first visitors after a start would wait for that, and many at once for seconds. The node counts as ready when it is done,
/// or after <see cref="Longest"/>.
/// </summary>
internal sealed partial class NodeWarmUp(
    WarmUpQuestion question,
    OwnHosts hosts,
    IServer server,
    TimeProvider clock,
    ILogger<NodeWarmUp> logger) : IHostedLifecycleService
{
    private const int Lanes = 8;
    private const int RoundsEach = 12;

    /// <summary>
    /// A database that is slow or away must not keep the server from starting for longer than this, for each of both parts.
    /// </summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // What has been compiled stays compiled for the life of the process.
    private static int _begun;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isNeeded;

    /// <summary>Completes when the node is warm, or has given up on it.</summary>
    public Task Done => _done.Task;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _isNeeded = Interlocked.Exchange(ref _begun, 1) == 0;
        if (_isNeeded) await RunAsync(question.AskAsync, cancellationToken);
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        // The server listens, so it has to know its own names.
        hosts.ListenOn(server);
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
        using var limited = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, ct);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
            {
                await Task.Yield();
                for (var round = 0; round < RoundsEach; round++) await step(lane, round, either.Token);
            }));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogEndedEarly(e is OperationCanceledException ? "timeout" : "error");
        }
    }

    // An address that no limit counts.
    private static async Task RequestAsync(HttpClient http, CancellationToken ct)
    {
        using var response = await http.GetAsync("/health/live", ct);
    }

    // Null where the server is not reached over plain HTTP on this machine; then the first requests compile the rest.
    private Uri? Address() => (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        .Select(BindingAddress.Parse)
        .Where(address => address is { Scheme: "http", IsUnixPipe: false, Port: > 0 })
        .Select(address => new Uri($"http://{(IsAny(address.Host) ? "127.0.0.1" : address.Host)}:{address.Port}"))
        .FirstOrDefault(address => address.IsLoopback);

    private static bool IsAny(string host) => host is "*" or "+" or "0.0.0.0" or "[::]";

    [LoggerMessage(Level = LogLevel.Information, Message = "The warm-up ended early ({Reason}); the first answers may take longer")]
    private partial void LogEndedEarly(string reason);
}

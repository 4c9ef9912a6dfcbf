using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Widget.Api.Rooms;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Rooms;

/// <summary>Debian's coturn, on loopback, decides whether the credentials are right: its client relays messages through it.</summary>
public sealed class IceServersShould(ApiFixture api) : IAsyncLifetime
{
    private const string Secret = "turn-secret";

    private readonly int _port = FreePorts.Next();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("widget-turn-");
    private Process _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // Relayed connections get ports from this range.
        var relay = FreePorts.Next();
        _server = Start(
            "turnserver",
            "-n --use-auth-secret --realm=widget --listening-ip=127.0.0.1 --relay-ip=127.0.0.1 --no-tls --no-dtls --no-cli "
                + $"--allow-loopback-peers --static-auth-secret={Secret} --listening-port={_port} "
                + $"--min-port={relay} --max-port={relay + 20} "
                + $"--pidfile={_folder.FullName}/pid --db={_folder.FullName}/db --log-file=stdout");
        _server.BeginOutputReadLine();
        await Eventually.TrueAsync(
            async () =>
            {
                if (_server.HasExited) throw new InvalidOperationException("coturn has ended.");
                using var probe = new System.Net.Sockets.TcpClient();
                try
                {
                    await probe.ConnectAsync(IPAddress.Loopback, _port, Ct);
                    return true;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return false;
                }
            },
            "coturn listens");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited) _server.Kill();
        await _server.WaitForExitAsync(Ct);
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Give_credentials_with_which_coturn_relays(string transport)
    {
        await using var node = await StartNodeAsync(TimeSpan.FromHours(1));
        var tenant = await TestTenant.CreateAsync(api, node);
        var visitor = await tenant.VisitAsync(node);

        var config = (await visitor.Client.GetFromJsonAsync<WebRtcConfig>("/api/webrtc/config", TestTenant.Json, Ct))!;

        config.IceServers[0].Urls.ShouldBe(["stun:turn.example:3478"]);
        (config.IceServers[0].Username, config.IceServers[0].Credential).ShouldBe((null, null));
        config.Ttl.ShouldBe(3_600);
        var turn = config.IceServers[1];
        (await RelayAsync(transport, turn.Username!, turn.Credential!)).ShouldBeTrue();
        (await RelayAsync(transport, turn.Username!, "wrong")).ShouldBeFalse();
    }

    [Fact]
    public async Task Give_credentials_that_expire()
    {
        await using var node = await StartNodeAsync(TimeSpan.FromSeconds(-5));
        var tenant = await TestTenant.CreateAsync(api, node);

        var config = (await tenant.Developer.GetFromJsonAsync<WebRtcConfig>("/api/webrtc/config", TestTenant.Json, Ct))!;

        (await RelayAsync("udp", config.IceServers[1].Username!, config.IceServers[1].Credential!)).ShouldBeFalse();
    }

    [Fact]
    public async Task Give_no_servers_without_settings_and_none_to_strangers()
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var stranger = api.Node.Client();

        (await tenant.Developer.GetFromJsonAsync<WebRtcConfig>("/api/webrtc/config", TestTenant.Json, Ct))!.IceServers.ShouldBeEmpty();
        (await stranger.GetAsync("/api/webrtc/config", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private Task<ApiNode> StartNodeAsync(TimeSpan lifetime) => ApiNode.StartAsync(
        api.Database,
        configure: options => options with
        {
            Ice = new IceOptions
            {
                StunUrls = ["stun:turn.example:3478"],
                TurnUrls = [$"turn:127.0.0.1:{_port}?transport=udp", $"turn:127.0.0.1:{_port}?transport=tcp"],
                TurnSecret = Secret,
                Lifetime = lifetime,
            },
        });

    // Two allocations of coturn's test client send messages to one another through the server.
    private async Task<bool> RelayAsync(string transport, string name, string password)
    {
        using var client = Start(
            "turnutils_uclient",
            $"{(transport == "tcp" ? "-t " : "")}-u {name} -w {password} -p {_port} -y -n 1 -m 1 127.0.0.1");
        client.BeginOutputReadLine();
        await client.WaitForExitAsync(Ct);
        return client.ExitCode == 0;
    }

    private static Process Start(string program, string arguments) => Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
}

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Benchmarks.Calls;
using Widget.Testing;

namespace Widget.Benchmarks.Rooms;

/// <summary>
/// Many calls that begin at the same moment: two pages join, exchange an offer, an answer and eight candidates, and chat. Every message
/// carries the name of its room and tenant, which no page of another room may get.
/// </summary>
internal static class RoomsBenchmark
{
    private const double LongestSetup = 300;
    private const double LongestMessage = 50;
    private const int Candidates = 4;

    /// <returns>
    /// Whether half of the calls were set up within 300 ms, half of the chat messages took less than 50 ms, and none went to a wrong room.
    /// </returns>
    public static async Task<bool> RunAsync(int rooms)
    {
        ThreadPool.SetMinThreads(64, 64);
        await using var database = await TestDatabase.CreateAsync();
        await using var node = new ChildProcess(
            Path.Combine(Repository.Root, "src/Widget.Api/bin/Release/net10.0/Widget.Api.dll"),
            ChildProcess.FreeAddress(),
            "/health/ready",
            new Dictionary<string, string> { ["WIDGET_DATABASE_APP"] = database.Application });
        await node.StartAsync();
        var tenants = new List<HttpClient>();
        for (var i = 0; i < 2; i++)
        {
            var created = await new TenantAdministration(database.OwnerSource)
                .CreateAsync($"tenant{i}", $"Tenant {i}", [], CancellationToken.None);
            var http = new HttpClient { BaseAddress = node.Address };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", created.ApiKey);
            tenants.Add(http);
        }

        // The first calls compile the code.
        for (var i = 0; i < 2; i++) await BurstAsync(node.Address, tenants, 5);
        var calls = await BurstAsync(node.Address, tenants, rooms);
        var setups = calls.Select(call => call.Setup.TotalMilliseconds).Order().ToArray();
        var messages = calls.Select(call => call.Message.TotalMilliseconds).Order().ToArray();
        var mixed = calls.Sum(call => call.Wrong);
        Console.WriteLine(
            $"{rooms} calls at once: set up in p50 {setups[rooms / 2]:0} ms, p95 {setups[rooms * 95 / 100]:0} ms, "
                + $"slowest {setups[^1]:0} ms; a chat message p50 {messages[rooms / 2]:0} ms, p95 {messages[rooms * 95 / 100]:0} ms; "
                + $"{mixed} pages got another room's messages");
        foreach (var http in tenants) http.Dispose();
        return mixed == 0 && setups[rooms / 2] < LongestSetup && messages[rooms / 2] < LongestMessage;
    }

    private static async Task<IReadOnlyList<(TimeSpan Setup, TimeSpan Message, int Wrong)>> BurstAsync(
        Uri node,
        IReadOnlyList<HttpClient> tenants,
        int rooms)
    {
        var calls = await Task.WhenAll(Enumerable.Range(0, rooms).Select(i => PrepareAsync(node, tenants[i % tenants.Count], i)));
        var times = await Task.WhenAll(calls.Select(call => call.RunAsync()));
        // One after the other, as in a call that is not the only one: the bursts are over.
        var messages = new List<TimeSpan>();
        foreach (var call in calls) messages.Add(await call.ChatAsync());
        var canaries = calls.Select(call => call.Canary).ToArray();
        var wrong = calls.Select(call => call.CountWrong(canaries)).ToArray();
        foreach (var call in calls) await call.DisposeAsync();
        return [.. times.Select((time, i) => (time, messages[i], wrong[i]))];
    }

    private static async Task<Call> PrepareAsync(Uri node, HttpClient tenant, int number)
    {
        var created = await (await tenant.PostAsJsonAsync("/api/video/rooms", new { waitingRoom = false })).Content
            .ReadFromJsonAsync<JsonElement>();
        var room = created.GetProperty("id").GetString()!;
        var link = await (await tenant.PostAsJsonAsync($"/api/video/rooms/{room}/links", new { })).Content.ReadFromJsonAsync<JsonElement>();
        return new Call(
            await BenchmarkPage.ConnectAsync(node),
            await BenchmarkPage.ConnectAsync(node),
            created.GetProperty("link").GetProperty("token").GetString()!,
            link.GetProperty("token").GetString()!,
            $"canary-{number}-{room}");
    }

    private sealed class Call(
        BenchmarkPage host,
        BenchmarkPage guest,
        string hostToken,
        string guestToken,
        string canary) : IAsyncDisposable
    {
        // As long as a real session description.
        private readonly string _sdp = $"{canary} {new string('a', 3_000)}";

        public string Canary => canary;

        public async Task<TimeSpan> RunAsync()
        {
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(host.JoinAsync(hostToken, canary), guest.JoinAsync(guestToken, canary));
            await Task.WhenAll(host.SeesAsync(guest.Id), guest.SeesAsync(host.Id));
            await host.SignalAsync(guest.Id, _sdp);
            await guest.SignalsAsync(1);
            await guest.SignalAsync(host.Id, _sdp);
            await Task.WhenAll(CandidatesAsync(host, guest.Id), CandidatesAsync(guest, host.Id));
            await Task.WhenAll(host.SignalsAsync(1 + Candidates), guest.SignalsAsync(1 + Candidates));
            return Stopwatch.GetElapsedTime(start);
        }

        public async Task<TimeSpan> ChatAsync()
        {
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(guest.ChatAsync($"chat {canary}"), host.ReadsAsync($"chat {canary}"));
            return Stopwatch.GetElapsedTime(start);
        }

        public int CountWrong(IReadOnlyList<string> canaries) => new[] { host, guest }.Count(page =>
        {
            var received = page.Received;
            return !received.Contains(canary, StringComparison.Ordinal)
                || canaries.Any(other => other != canary && received.Contains(other, StringComparison.Ordinal));
        });

        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            await guest.DisposeAsync();
        }

        private async Task CandidatesAsync(BenchmarkPage page, Guid to)
        {
            for (var i = 0; i < Candidates; i++) await page.SignalAsync(to, $"candidate {i} {canary}");
        }
    }
}

using System.Diagnostics;

namespace Widget.Benchmarks.Rooms;

/// <summary>
/// Many calls that begin at the same moment: two pages join, exchange an offer, an answer and eight candidates, and chat. Every message
/// carries the name of its room and tenant, which no page of another room may get. Afterwards, requests of the API.
/// </summary>
internal static class RoomsBenchmark
{
    private const double LongestSetup = 300;
    private const double LongestMessage = 50;
    private const double LongestRequest = 100;
    private const int WarmUps = 4;
    private const int Candidates = 4;

    /// <returns>
    /// Whether half of the calls were set up within 300 ms; no message went to a wrong room; and on average, a chat message took less than
    /// 50 ms and a request less than 100 ms.
    /// </returns>
    public static async Task<bool> RunAsync(int rooms)
    {
        ThreadPool.SetMinThreads(64, 64);
        await using var node = await RoomNode.StartAsync(tenants: 2);
        // The first calls compile the code.
        await BurstAsync(node, 5);
        await MeasureAsync("just started", node, rooms, bursts: 1);
        for (var i = 0; i < WarmUps; i++) await BurstAsync(node, rooms);
        var (setup, message, mixed) = await MeasureAsync("warm", node, rooms, bursts: 3);
        var request = await node.MeasureRequestsAsync();
        return mixed == 0 && setup < LongestSetup && message < LongestMessage && request < LongestRequest;
    }

    private static async Task<(double Setup, double Message, int Mixed)> MeasureAsync(
        string name,
        RoomNode node,
        int rooms,
        int bursts)
    {
        var calls = new List<(TimeSpan Setup, TimeSpan Message, int Wrong)>();
        for (var i = 0; i < bursts; i++) calls.AddRange(await BurstAsync(node, rooms));
        var setups = calls.Select(call => call.Setup.TotalMilliseconds).Order().ToArray();
        var messages = calls.Select(call => call.Message.TotalMilliseconds).Order().ToArray();
        var mixed = calls.Sum(call => call.Wrong);
        Console.WriteLine(
            $"{name}, {rooms} calls at once: set up in p50 {setups[calls.Count / 2]:0} ms, p95 {setups[calls.Count * 95 / 100]:0} ms, "
                + $"slowest {setups[^1]:0} ms; {mixed} pages got another room's messages; a chat message: "
                + $"average {messages.Average():0.0} ms, p95 {messages[calls.Count * 95 / 100]:0.0} ms");
        return (setups[calls.Count / 2], messages.Average(), mixed);
    }

    private static async Task<IReadOnlyList<(TimeSpan Setup, TimeSpan Message, int Wrong)>> BurstAsync(RoomNode node, int rooms)
    {
        var tenants = node.Tenants;
        var calls = await Task.WhenAll(
            Enumerable.Range(0, rooms).Select(i => PrepareAsync(node.Address, tenants[i % tenants.Count], i)));
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
        var (room, host, guest) = await RoomNode.CreateRoomAsync(tenant);
        return new Call(
            await BenchmarkPage.ConnectAsync(node),
            await BenchmarkPage.ConnectAsync(node),
            host.GetProperty("token").GetString()!,
            guest.GetProperty("token").GetString()!,
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

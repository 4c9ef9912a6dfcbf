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
/// carries the name of its room and tenant, which no page of another room may get. Afterwards, requests of the API.
/// </summary>
internal static class RoomsBenchmark
{
    private const double LongestSetup = 300;
    private const double LongestMessage = 50;
    private const double LongestRequest = 100;
    private const int Requests = 40;
    private const int WarmUps = 4;
    private const int Candidates = 4;

    /// <returns>
    /// Whether half of the calls were set up within 300 ms; no message went to a wrong room; and on average, a chat message took less than
    /// 50 ms and a request less than 100 ms.
    /// </returns>
    public static async Task<bool> RunAsync(int rooms)
    {
        ThreadPool.SetMinThreads(64, 64);
        await using var database = await TestDatabase.CreateAsync();
        await using var node = new ChildProcess(
            Path.Combine(Repository.Root, "src/Widget.Api/bin/Release/net10.0/Widget.Api.dll"),
            ChildProcess.FreeAddress(),
            "/health/ready",
            new Dictionary<string, string>
            {
                ["WIDGET_DATABASE_APP"] = database.Application,
                // All pages have the same address.
                ["WIDGET_LIMIT_ANONYMOUS"] = "off",
            });
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
        await BurstAsync(node.Address, tenants, 5);
        await MeasureAsync("just started", node.Address, tenants, rooms, bursts: 1);
        for (var i = 0; i < WarmUps; i++) await BurstAsync(node.Address, tenants, rooms);
        var (setup, message, mixed) = await MeasureAsync("warm", node.Address, tenants, rooms, bursts: 3);
        var requests = await RequestsAsync(tenants[0]);
        var request = requests.Average(kind => kind.Milliseconds);
        var kinds = string.Join(", ", requests.Select(kind => $"{kind.Name} {kind.Milliseconds:0.0}"));
        Console.WriteLine($"a request: average {request:0.0} ms; {kinds}");
        foreach (var http in tenants) http.Dispose();
        return mixed == 0 && setup < LongestSetup && message < LongestMessage && request < LongestRequest;
    }

    private static async Task<(double Setup, double Message, int Mixed)> MeasureAsync(
        string name,
        Uri node,
        IReadOnlyList<HttpClient> tenants,
        int rooms,
        int bursts)
    {
        var calls = new List<(TimeSpan Setup, TimeSpan Message, int Wrong)>();
        for (var i = 0; i < bursts; i++) calls.AddRange(await BurstAsync(node, tenants, rooms));
        var setups = calls.Select(call => call.Setup.TotalMilliseconds).Order().ToArray();
        var messages = calls.Select(call => call.Message.TotalMilliseconds).Order().ToArray();
        var mixed = calls.Sum(call => call.Wrong);
        Console.WriteLine(
            $"{name}, {rooms} calls at once: set up in p50 {setups[calls.Count / 2]:0} ms, p95 {setups[calls.Count * 95 / 100]:0} ms, "
                + $"slowest {setups[^1]:0} ms; {mixed} pages got another room's messages; a chat message: "
                + $"average {messages.Average():0.0} ms, p95 {messages[calls.Count * 95 / 100]:0.0} ms");
        return (setups[calls.Count / 2], messages.Average(), mixed);
    }

    // Each kind of request, one after the other.
    private static async Task<IReadOnlyList<(string Name, double Milliseconds)>> RequestsAsync(HttpClient tenant)
    {
        var room = await PostAsync(tenant, "/api/video/rooms", new { waitingRoom = false });
        var id = room.GetProperty("id").GetString();
        async Task<double> AverageAsync(Func<Task<HttpResponseMessage>> request)
        {
            (await request()).EnsureSuccessStatusCode();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Requests; i++) (await request()).Dispose();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds / Requests;
        }

        return
        [
            ("create a room", await AverageAsync(() => tenant.PostAsJsonAsync("/api/video/rooms", new { waitingRoom = false }))),
            ("read a room", await AverageAsync(() => tenant.GetAsync($"/api/video/rooms/{id}"))),
            ("make a link", await AverageAsync(() => tenant.PostAsJsonAsync($"/api/video/rooms/{id}/links", new { }))),
            ("list rooms", await AverageAsync(() => tenant.GetAsync("/api/video/rooms"))),
            ("ICE servers", await AverageAsync(() => tenant.GetAsync("/api/webrtc/config"))),
            ("agents", await AverageAsync(() => tenant.GetAsync("/api/companions"))),
        ];
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
        var created = await PostAsync(tenant, "/api/video/rooms", new { waitingRoom = false });
        var room = created.GetProperty("id").GetString()!;
        var link = await PostAsync(tenant, $"/api/video/rooms/{room}/links", new { });
        return new Call(
            await BenchmarkPage.ConnectAsync(node),
            await BenchmarkPage.ConnectAsync(node),
            created.GetProperty("link").GetProperty("token").GetString()!,
            link.GetProperty("token").GetString()!,
            $"canary-{number}-{room}");
    }

    private static async Task<JsonElement> PostAsync(HttpClient tenant, string path, object body)
    {
        using var response = await tenant.PostAsJsonAsync(path, body);
        if (response.IsSuccessStatusCode) return await response.Content.ReadFromJsonAsync<JsonElement>();
        throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
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

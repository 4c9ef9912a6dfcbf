using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Testing;

namespace Widget.Benchmarks.Calls;

/// <summary>
/// Many video calls on two nodes that are killed and restarted all the time, with a simulated Tavus that is also killed, freezes, loses
/// responses, and loses, duplicates and reorders callbacks. At the end every call must have ended exactly once and be billed exactly once.
/// </summary>
internal static class CallsBenchmark
{
    private const int AtOnce = 140;
    private const int Slots = 100;
    private const string Key = "tv-benchmark";
    private const double MostMiscounted = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <returns>Whether all expectations were met.</returns>
    public static async Task<bool> RunAsync(int calls)
    {
        await using var database = await TestDatabase.CreateAsync();
        var tenant = await new TenantAdministration(database.OwnerSource)
            .CreateAsync("calls", "Calls", ["https://calls.example"], CancellationToken.None);
        var journal = Path.Combine(Path.GetTempPath(), $"widget-tavus-{Guid.NewGuid():N}.journal");
        await using var simulator = new ChildProcess(
            Program("tests/Widget.Simulators", "Widget.Simulators"),
            ChildProcess.FreeAddress(),
            "/health",
            new Dictionary<string, string> { ["TavusJournal"] = journal });
        await simulator.StartAsync();
        var addresses = new[] { ChildProcess.FreeAddress(), ChildProcess.FreeAddress() };
        var nodes = addresses.Select(address => new ChildProcess(
            Program("src/Widget.Api", "Widget.Api"),
            address,
            "/health/ready",
            new Dictionary<string, string>
            {
                ["WIDGET_DATABASE_APP"] = database.Application,
                ["WIDGET_TAVUS_ENDPOINT"] = new Uri(simulator.Address, "/tavus").AbsoluteUri,
                ["WIDGET_TAVUS_KEY"] = Key,
                ["WIDGET_PUBLIC_URL"] = address.AbsoluteUri,
            })).ToArray();
        try
        {
            await Task.WhenAll(nodes.Select(node => node.StartAsync()));
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(40) };
            await PrepareAsync(http, simulator, nodes[0], tenant.ApiKey);

            var watch = Stopwatch.StartNew();
            using var over = new CancellationTokenSource();
            var trouble = Task.WhenAll(CrashAsync(nodes, over.Token), DisturbAsync(http, simulator, over.Token));
            var outcomes = await CallAsync(calls, addresses, tenant.SiteKey, http);
            await over.CancelAsync();
            await trouble;
            Console.WriteLine(
                $"{calls:N0} visitors in {watch.Elapsed.TotalSeconds:0} s: "
                    + $"{string.Join(", ", outcomes.CountBy(outcome => outcome).Select(group => $"{group.Value} {group.Key}"))}");
            await SettledAsync(database, watch);
            return await ReportAsync(http, simulator, database);
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
            await simulator.DisposeAsync();
            File.Delete(journal);
        }
    }

    private static async Task PrepareAsync(HttpClient http, ChildProcess simulator, ChildProcess node, string apiKey)
    {
        (await http.PutAsJsonAsync(new Uri(simulator.Address, $"/control/tavus/accounts/{Key}"), new { slots = Slots }))
            .EnsureSuccessStatusCode();
        (await http.PutAsJsonAsync(
            new Uri(simulator.Address, "/control/tavus/behavior"),
            new
            {
                replicaJoinsAfter = 0.5,
                postCallSeconds = 2,
                callbackLoss = 0.3,
                duplicateCallbacks = 1,
                shuffleCallbacks = true,
            })).EnsureSuccessStatusCode();
        using var settings = new HttpRequestMessage(HttpMethod.Put, new Uri(node.Address, "/api/settings"))
        {
            Content = JsonContent.Create(new { useTavusVideo = true, tavusReplicaId = "r4dcf31b60e1", tavusMaxCallSeconds = 120 }),
        };
        settings.Headers.Authorization = new("Bearer", apiKey);
        (await http.SendAsync(settings)).EnsureSuccessStatusCode();
    }

    private static async Task<IReadOnlyList<string>> CallAsync(int calls, Uri[] nodes, string siteKey, HttpClient http)
    {
        var outcomes = new string[calls];
        await Parallel.ForEachAsync(Enumerable.Range(0, calls), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, ct) =>
            outcomes[i] = await new CallingVisitor(nodes, siteKey, new Random(i), http).CallAsync(ct));
        return outcomes;
    }

    // One after the other, so that visitors reach a node; often so quickly that they barely do.
    private static async Task CrashAsync(ChildProcess[] nodes, CancellationToken ct)
    {
        var random = new Random(1);
        var crashes = 0;
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(10 + (10 * random.NextDouble())), ct)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var node = nodes[crashes++ % nodes.Length];
            await node.KillAsync();
            await node.StartAsync();
        }

        Console.WriteLine($"nodes killed {crashes} times");
    }

    private static async Task DisturbAsync(HttpClient http, ChildProcess simulator, CancellationToken ct)
    {
        var random = new Random(2);
        string[] modes = ["lost", "cut", "status", "late"];
        string[] requests = ["POST conversations", "POST conversations/*/end", "GET conversations/*", "GET conversations"];
        var (crashes, freezes, faults) = (0, 0, 0);
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5 + random.NextDouble()), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (random.Next(20) == 0)
            {
                // It keeps its accounts and calls; requests in progress are lost.
                await simulator.KillAsync();
                await Task.Delay(TimeSpan.FromSeconds(2 * random.NextDouble()), CancellationToken.None);
                await simulator.StartAsync();
                crashes++;
                continue;
            }

            if (random.Next(6) == 0)
            {
                await simulator.FreezeAsync(TimeSpan.FromSeconds(1.5));
                freezes++;
                continue;
            }

            var fault = new
            {
                on = requests[random.Next(requests.Length)],
                mode = modes[random.Next(modes.Length)],
                times = random.Next(1, 4),
                status = 503,
            };
            // Unused faults are removed. Otherwise they would accumulate and eventually hit every request.
            await http.DeleteAsync(new Uri(simulator.Address, "/control/tavus/faults"), CancellationToken.None);
            (await http.PostAsJsonAsync(new Uri(simulator.Address, "/control/tavus/faults"), fault, CancellationToken.None))
                .EnsureSuccessStatusCode();
            faults++;
        }

        await http.DeleteAsync(new Uri(simulator.Address, "/control/tavus/faults"), CancellationToken.None);
        Console.WriteLine($"Tavus killed {crashes} times, frozen {freezes} times, {faults} kinds of fault");
    }

    private static async Task SettledAsync(TestDatabase database, Stopwatch watch)
    {
        var began = watch.Elapsed;
        while (await CountAsync(database, "select count(*) from tavus_sessions where state not in ('ended', 'failed')") > 0
            && watch.Elapsed - began < TimeSpan.FromMinutes(3))
            await Task.Delay(500);
        Console.WriteLine($"the last call was ended {(watch.Elapsed - began).TotalSeconds:0} s after the last visitor was done");
    }

    private static async Task<bool> ReportAsync(HttpClient http, ChildProcess simulator, TestDatabase database)
    {
        var calls = (
            await http.GetFromJsonAsync<SimulatedCall[]>(new Uri(simulator.Address, $"/control/tavus/conversations?account={Key}"), Json))!;
        var sessions = new Dictionary<string, (string State, int? Seconds)>(StringComparer.Ordinal);
        await using (var command = database.OwnerSource.CreateCommand("select name, state, seconds from tavus_sessions"))
        await using (var rows = await command.ExecuteReaderAsync())
            while (await rows.ReadAsync()) sessions.Add(rows.GetString(0), (rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetInt32(2)));

        var miscounted = calls.Where(
            call => !sessions.TryGetValue(call.Name, out var session) || Math.Abs((session.Seconds ?? 0) - call.Seconds) > MostMiscounted)
            .ToList();
        foreach (var call in miscounted.Take(5))
            Console.WriteLine($"  {call.Name}: {call.Seconds:0.0} s billed, {sessions.GetValueOrDefault(call.Name)} counted");
        var checks = new (string Words, long Wrong)[]
        {
            ("calls at Tavus that are still open", calls.Count(call => call.Status != "ended")),
            ("calls that were ended more than once", calls.Count(call => call.EndCalls > 1)),
            ("calls of no session", calls.Count(call => !sessions.ContainsKey(call.Name))),
            ("sessions with several calls", calls.CountBy(call => call.Name).Count(group => group.Value > 1)),
            ("sessions that are still open", sessions.Values.Count(session => session.State is not ("ended" or "failed"))),
            ("sessions whose minutes are wrong", miscounted.Count),
            (
                "sessions counted twice or not",
                await CountAsync(
                    database,
                    "select count(*) from tavus_sessions s where opened_at is not null and state = 'ended' and (select count(*) from "
                        + "usage_records u where u.reference = s.id) <> 1")),
            (
                "conversations whose log tells a beginning or an end twice",
                await CountAsync(
                    database,
                    "select count(*) from (select 1 from conversation_events where kind in ('tavus_conversation_created', "
                        + "'tavus_conversation_ended') group by conversation_id, kind, data ->> 'sessionId' having count(*) > 1) twice")),
            (
                "conversations in which something is said twice",
                await CountAsync(
                    database,
                    "select count(*) from (select 1 from conversation_events where kind = 'utterance' and data ->> 'speaker' = "
                        + "'visitor' group by conversation_id, data ->> 'text' having count(*) > 1) twice")),
        };
        Console.WriteLine(
            $"{sessions.Count:N0} sessions, {calls.Length:N0} calls at Tavus, {calls.Sum(call => call.Seconds):N0} s billed, "
                + $"{sessions.Values.Sum(session => session.Seconds ?? 0):N0} s counted");
        foreach (var (words, wrong) in checks) Console.WriteLine($"{wrong,5}  {words}");
        return checks.All(check => check.Wrong == 0);
    }

    private static async Task<long> CountAsync(TestDatabase database, string sql)
    {
#pragma warning disable CA2100 // Written above.
        await using var command = database.OwnerSource.CreateCommand(sql);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static string Program(string folder, string name) =>
        Path.Combine(Repository.Root, folder, "bin", "Release", "net10.0", $"{name}.dll");

    private sealed record SimulatedCall(string Name, string Status, int EndCalls, double Seconds);
}

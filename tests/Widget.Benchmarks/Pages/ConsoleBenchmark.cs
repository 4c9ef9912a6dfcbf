using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Npgsql;
using Widget.Benchmarks.Calls;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Benchmarks.Pages;

/// <summary>
/// How long the console's pages wait for their first data, over HTTP, on its own node. A page's requests are sent at once, and the page
/// has its data with the last answer. Pages are measured in turn, so that other work on the machine affects all of them alike.
/// </summary>
internal static class ConsoleBenchmark
{
    private const double Goal = 300;
    private const int Repetitions = 20;

    /// <param name="conversations">Number of conversations; half as many leads.</param>
    /// <param name="wanted">A part of the names of the pages to measure; null for all pages.</param>
    /// <returns>Whether the median of each page's first data is within the goal.</returns>
    public static async Task<bool> RunAsync(int conversations, string? wanted = null)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var node = new ChildProcess(
            Path.Combine(Repository.Root, "src/Widget.Api/bin/Release/net10.0/Widget.Api.dll"),
            ChildProcess.FreeAddress(),
            "/health/ready",
            new Dictionary<string, string>
            {
                ["WIDGET_DATABASE_APP"] = database.Application,
                // No measured page needs embeddings.
                ["WIDGET_LOCAL_EMBEDDINGS"] = "off",
                // The benchmark sends more requests a minute than the limit allows.
                ["WIDGET_LIMIT_API_CALLS"] = "off",
            });
        await node.StartAsync();
        using var http = new HttpClient { BaseAddress = node.Address };
        await SignInAsync(http);
        await FillAsync(database, conversations);
        var pages = ConsolePages.At(TimeProvider.System.GetUtcNow())
            .Where(page => wanted is null || page.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase))
            .Select(page => new Measured(page))
            .ToList();
        // The first requests compile the code and read the tables.
        foreach (var page in pages) page.First = await TimeAsync(http, page.Page, page.Page.Requests);
        for (var i = 0; i < Repetitions; i++)
        {
            foreach (var page in pages)
            {
                page.Times.Add(await TimeAsync(http, page.Page, page.Page.Requests));
                for (var request = 0; request < page.Requests.Count; request++)
                    page.Requests[request].Add(await TimeAsync(http, page.Page, [page.Page.Requests[request]]));
            }
        }

        Print(pages);
        return pages.TrueForAll(page => !page.Page.IsFirstData || Percentile(page.Times, 50) < Goal);
    }

    private static void Print(IReadOnlyList<Measured> pages)
    {
        Console.WriteLine($"milliseconds; the goal is {Goal:0} ms; * misses it");
        Console.WriteLine($"{"page",-44}{"requests",9}{"first",8}{"p50",8}{"p95",8}   slowest request alone, p50 and p95");
        foreach (var page in pages)
        {
            var (p50, p95) = (Percentile(page.Times, 50), Percentile(page.Times, 95));
            var slowest = page.Page.Requests.Zip(page.Requests).MaxBy(request => Percentile(request.Second, 50));
            Console.WriteLine(
                $"{page.Page.Name,-44}{page.Page.Requests.Count,9}{page.First,8:0}{p50,8:0}{p95,8:0} {(p50 < Goal ? ' ' : '*')} "
                    + $"{Percentile(slowest.Second, 50),5:0} {Percentile(slowest.Second, 95),5:0}  {Short(slowest.First)}");
        }
    }

    private static string Short(string path) => path.Length > 70 ? path[..70] + "…" : path;

    private static async Task<double> TimeAsync(HttpClient http, ConsolePage page, IReadOnlyList<string> paths)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(paths.Select(path => ReadAsync(http, path, page.Body)));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task ReadAsync(HttpClient http, string path, object? body)
    {
        using var response = await (body is null ? http.GetAsync(path) : http.PostAsJsonAsync(path, body));
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {text}");
    }

    private static double Percentile(List<double> times, int percent) =>
        times.Order().ElementAt(Math.Min(times.Count - 1, times.Count * percent / 100));

    // The first account is an operator's, and the owner of the company.
    private static async Task SignInAsync(HttpClient http)
    {
        var setup = new SetupRequest { Email = "ada@x.example", Password = "a long pass phrase of Ada", Name = "Ada", Company = "Large" };
        using var response = await http.PostAsJsonAsync("/api/accounts/setup", setup);
        var session = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<SignInResult>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session!.Token);
        http.DefaultRequestHeaders.Add("X-Tenant", "large");
    }

    private static async Task FillAsync(TestDatabase database, int conversations)
    {
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/Widget.Benchmarks/Pages/ConsoleData.sql"));
        await using var connection = await database.OwnerSource.OpenConnectionAsync();
        await using (var settings = new NpgsqlCommand(
            """
            select set_config('app.tenant', tenant_id::text, false), set_config('app.conversations', $1, false)
            from tenants where slug = 'large'
            """,
            connection))
        {
            settings.Parameters.Add(new() { Value = conversations.ToString(System.Globalization.CultureInfo.InvariantCulture) });
            await settings.ExecuteNonQueryAsync();
        }

        await using var fill = new NpgsqlCommand(script, connection) { CommandTimeout = 1_800 };
        await fill.ExecuteNonQueryAsync();
        // A server that has run for a while has been vacuumed.
        await using var vacuum = new NpgsqlCommand("vacuum analyze", connection) { CommandTimeout = 1_800 };
        await vacuum.ExecuteNonQueryAsync();
    }

    private sealed class Measured(ConsolePage page)
    {
        public ConsolePage Page { get; } = page;

        public double First { get; set; }

        public List<double> Times { get; } = [];

        public IReadOnlyList<List<double>> Requests { get; } = [.. page.Requests.Select(_ => new List<double>())];
    }
}

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Benchmarks.Calls;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>How long a visitor in a call waits for <c>search_knowledge</c>, on a demo company's pages, through the whole API.</summary>
internal static class VoiceLookupBenchmark
{
    private const int Lookups = 400;

    private static readonly string[] Questions =
    [
        "What does delivery to Denmark cost?", "How long does the battery last?", "Can I lease a bike through my employer?",
        "What is the range of the Tide Step?", "Do you offer test rides on Sundays?", "How do I return a bike?",
        "What does the first service cost?", "Is the battery covered by the warranty?",
    ];

    /// <returns>Whether 95 % of the lookups took less than 300 ms.</returns>
    public static async Task<bool> RunAsync()
    {
        await using var database = await TestDatabase.CreateAsync();
        var tenant = await new TenantAdministration(database.OwnerSource).CreateAsync("harbor", "Harbor Bikes", [], CancellationToken.None);
        await using var node = new ChildProcess(
            Path.Combine(Repository.Root, "src/Widget.Api/bin/Release/net10.0/Widget.Api.dll"),
            ChildProcess.FreeAddress(),
            "/health/ready",
            new Dictionary<string, string> { ["WIDGET_DATABASE_APP"] = database.Application });
        await node.StartAsync();
        using var http = new HttpClient { BaseAddress = node.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tenant.ApiKey);
        foreach (var page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "demo", "harbor"), "*.html"))
            await UploadAsync(http, page);

        for (var i = 0; i < 20; i++) await LookUpAsync(http, i);
        var times = new List<double>();
        for (var i = 0; i < Lookups; i++) times.Add(await LookUpAsync(http, i));
        times.Sort();
        var (middle, late) = (times[Lookups / 2], times[Lookups * 95 / 100]);
        Console.WriteLine(
            $"search_knowledge over HTTP, {Lookups} times on the pages of Harbor Bikes: p50 {middle:0} ms, p95 {late:0} ms, "
                + $"slowest {times[^1]:0} ms");
        return late < 300;
    }

    private static async Task UploadAsync(HttpClient http, string page)
    {
        using var form = new MultipartFormDataContent();
        using var file = new ByteArrayContent(await File.ReadAllBytesAsync(page));
        form.Add(file, "file", Path.GetFileName(page));
        var answer = await http.PostAsync("/api/knowledge/uploads", form);
        answer.EnsureSuccessStatusCode();
        var job = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetGuid();
        while ((await http.GetFromJsonAsync<JsonElement>($"/api/knowledge/jobs/{job}"))
            .GetProperty("status").GetString() is not ("ready" or "failed"))
            await Task.Delay(50);
    }

    // Each lookup asks another question in another call, so that nothing is cached.
    private static async Task<double> LookUpAsync(HttpClient http, int number)
    {
        var query = $"{Questions[number % Questions.Length][..^1]}, for a bike of {1000 + number} euros?";
        var start = Stopwatch.GetTimestamp();
        var answer = await http.PostAsJsonAsync("/api/tavus/tool", new { name = "search_knowledge", arguments = new { query } });
        var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (!(await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("success").GetBoolean())
            throw new InvalidOperationException("The tool failed.");
        return took;
    }
}

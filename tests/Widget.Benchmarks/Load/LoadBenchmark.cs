using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Benchmarks.Calls;
using Widget.Testing;

namespace Widget.Benchmarks.Load;

/// <summary>
/// Many visitors who ask one node at the same moment. Each question is first asked alone; under load it must get the same answer. One burst
/// hits a node that has just started, the others a warm one. Nothing comes from a cache, because the knowledge changes before every burst.
/// </summary>
internal static class LoadBenchmark
{
    private const double LongestAnswer = 3_000;
    private const double LongestHealthCheck = 250;
    private const int WarmBursts = 2;

    // Prefixes that make more questions than the file has. Each means the same question.
    private static readonly string[] Openings = ["", "Hello! ", "Good morning. ", "Excuse me: "];

    /// <returns>
    /// Whether every question got the same answer as alone, 95 % of them within 3 s, and every health check within 250 ms.
    /// </returns>
    public static async Task<bool> RunAsync(int users)
    {
        ThreadPool.SetMinThreads(64, 64);
        await using var database = await TestDatabase.CreateAsync();
        var tenant = await new TenantAdministration(database.OwnerSource)
            .CreateAsync("harbor", "Harbor Bikes", ["https://harbor.example"], CancellationToken.None);
        string[] questions = [.. Questions().Take(users)];
        if (questions.Length < users)
            throw new ArgumentException($"There are questions for {questions.Length} visitors at most.", nameof(users));

        var alone = new string[users];
        await using (var node = Node(database))
        {
            await node.StartAsync();
            await TeachAsync(node, tenant.ApiKey);
            await ChangeAsync(node, tenant.ApiKey, WarmBursts);
            using var visitors = new Visitors(node.Address, tenant.SiteKey);
            for (var i = 0; i < users; i++) alone[i] = (await visitors.AskAsync(questions[i])).Answer;
        }

        Console.WriteLine(
            $"{users} visitors; asked alone, {alone.Count(answer => answer.StartsWith("quoted", StringComparison.Ordinal))} of their "
                + "questions are answered");
        var good = true;
        await using (var node = Node(database))
        {
            await node.StartAsync();
            good &= await BurstAsync(node, tenant.SiteKey, questions, alone, "just started");
            for (var i = 0; i < WarmBursts; i++)
            {
                await ChangeAsync(node, tenant.ApiKey, i);
                good &= await BurstAsync(node, tenant.SiteKey, questions, alone, "warm");
            }
        }

        return good;
    }

    private static async Task<bool> BurstAsync(ChildProcess node, string siteKey, string[] questions, string[] alone, string state)
    {
        using var visitors = new Visitors(node.Address, siteKey);
        using var over = new CancellationTokenSource();
        var watching = HealthWatch.RunAsync(node.Address, over.Token);
        var before = node.ProcessorTime;
        var answers = await Task.WhenAll(questions.Select(visitors.AskAsync));
        var processor = (node.ProcessorTime - before).TotalMilliseconds / questions.Length;
        await over.CancelAsync();
        var (slowestCheck, checks) = await watching;

        var failed = answers.Count(answer => answer.Failure is not null);
        var otherwise = answers.Where((answer, i) => answer.Failure is null && answer.Answer != alone[i]).Count();
        var times = answers.Select(answer => answer.Milliseconds).Order().ToArray();
        var late = times[(int)Math.Ceiling(times.Length * 0.95) - 1];
        Console.WriteLine(
            $"{state,-13} {failed} failed, {otherwise} answered otherwise; p50 {times[times.Length / 2]:0} ms, p95 {late:0} ms, "
                + $"slowest {times[^1]:0} ms; "
            + $"/health/live slowest of {checks}: {slowestCheck:0} ms; {processor:0.0} ms of processor time a visitor");
        foreach (var failure in answers.Select(answer => answer.Failure).OfType<string>().CountBy(failure => failure).Take(5))
            Console.WriteLine($"  {failure.Value} times: {failure.Key}");
        foreach (var (answer, i) in answers.Select((answer, i) => (answer, i))
                .Where(pair => pair.answer.Failure is null && pair.answer.Answer != alone[pair.i])
                .Take(3))
            Console.WriteLine($"  {questions[i]}\n    alone:      {alone[i]}\n    under load: {answer.Answer}");
        return failed == 0 && otherwise == 0 && late < LongestAnswer && slowestCheck < LongestHealthCheck;
    }

    private static ChildProcess Node(TestDatabase database) => new(
        Path.Combine(Repository.Root, "src/Widget.Api/bin/Release/net10.0/Widget.Api.dll"),
        ChildProcess.FreeAddress(),
        "/health/ready",
        new Dictionary<string, string> { ["WIDGET_DATABASE_APP"] = database.Application });

    private static IEnumerable<string> Questions()
    {
        var asked = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "data", "answerable.tsv"))
            .Select(line => line.Split('\t'))
            .Where(row => row[0] == "harbor")
            .Select(row => row[2])
            .ToArray();
        return Openings.SelectMany(opening => asked.Select(question => opening + question));
    }

    private static async Task TeachAsync(ChildProcess node, string apiKey)
    {
        using var http = Developer(node, apiKey);
        foreach (var page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "demo", "harbor"), "*.html"))
            await UploadAsync(http, Path.GetFileName(page), await File.ReadAllBytesAsync(page));
    }

    // Changes a document that no question is about, so that no search comes from the cache. Its length stays the same, so that all scores
    // stay the same.
    private static async Task ChangeAsync(ChildProcess node, string apiKey, int number)
    {
        using var http = Developer(node, apiKey);
        await UploadAsync(http, "note.txt", System.Text.Encoding.UTF8.GetBytes($"Zinnias flower from July {number}."));
    }

    private static HttpClient Developer(ChildProcess node, string apiKey)
    {
        var http = new HttpClient { BaseAddress = node.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return http;
    }

    private static async Task UploadAsync(HttpClient http, string name, byte[] content)
    {
        using var form = new MultipartFormDataContent();
        using var file = new ByteArrayContent(content);
        form.Add(file, "file", name);
        var answer = await http.PostAsync("/api/knowledge/uploads", form);
        answer.EnsureSuccessStatusCode();
        var job = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetGuid();
        while ((await http.GetFromJsonAsync<JsonElement>($"/api/knowledge/jobs/{job}"))
            .GetProperty("status").GetString() is not ("ready" or "failed"))
            await Task.Delay(50);
        // Answers change once more when the new passages have their vectors of meaning.
        while (!IsFilled(await http.GetFromJsonAsync<JsonElement>("/api/knowledge/embedding"))) await Task.Delay(50);
    }

    private static bool IsFilled(JsonElement report) => report.GetProperty("semantic") is not { ValueKind: JsonValueKind.Object } semantic
        || semantic.GetProperty("done").GetInt32() >= semantic.GetProperty("total").GetInt32();
}

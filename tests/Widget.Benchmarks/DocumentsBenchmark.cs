using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// Real documents: a folder of files, or a folder served as a web site and crawled by its links. Reports the time per document, the
/// documents that could not be read, and whether questions find the documents that answer them.
/// </summary>
internal static class DocumentsBenchmark
{
    private const int Depth = 5;

    /// <summary>Minimum share of questions whose document is among the first five.</summary>
    private const double LeastFound = 0.75;

    /// <returns>Whether all expectations were met.</returns>
    public static Task<bool> FolderAsync(string folder, string questions, int least) =>
        RunAsync(questions, least, fetching: null, (knowledge, tenant) => AddAsync(knowledge, tenant, folder));

    public static async Task<JobId> AddAsync(Knowledge knowledge, TenantId tenant, string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => MediaTypes.Of(file, null) is not null);
        var documents = files.Select(file => new ImportedDocument(
            Path.GetRelativePath(folder, file),
            new DocumentDescription { MediaType = MediaTypes.Of(file, null) },
            File.ReadAllBytes(file)));
        return await knowledge.Queue.ImportAsync(tenant, documents.ToAsyncEnumerable(), CancellationToken.None);
    }

    /// <summary>Lines with a question and the names of the documents that answer it.</summary>
    public static IReadOnlyList<(string Text, string[] Documents)> Questions(string file) =>
        [.. File.ReadAllLines(file).Select(line => line.Split('\t')).Select(fields => (fields[0], fields[1].Split('|')))];

    /// <returns>Whether all expectations were met.</returns>
    public static async Task<bool> SiteAsync(string folder, string questions, int least)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var site = builder.Build();
        site.Urls.Add("http://127.0.0.1:0");
        site.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)) });
        await site.StartAsync();
        var address = new Uri(site.Urls.Single());
        var fetching = new FetchOptions { AllowedPrivateHosts = new HashSet<string>(StringComparer.Ordinal) { address.Authority } };
        return await RunAsync(questions, least, fetching, (knowledge, tenant) =>
            knowledge.Queue.AddSiteAsync(tenant, new Uri(address, "/index.html"), Discovery.Links, 5_000, CancellationToken.None));
    }

    private static async Task<bool> RunAsync(
        string questions,
        int least,
        FetchOptions? fetching,
        Func<Knowledge, TenantId, Task<JobId>> add)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database, fetching);
        var tenant = await database.AddTenantAsync();
        var job = await add(knowledge, tenant);
        var watch = Stopwatch.StartNew();
        var report = await knowledge.RunAsync(tenant, job);
        watch.Stop();

        var chunks = 0;
        await using (var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None))
        {
            await using var count = db.Command("select chunk_count from knowledge_statistics");
            chunks = (int)(await count.ExecuteScalarAsync())!;
        }

        Console.WriteLine(
            $"{report.Done} of {report.Total} documents in {watch.Elapsed.TotalSeconds:0.0} s: "
                + $"{watch.Elapsed.TotalMilliseconds / report.Done:0.0} ms a document, {chunks} passages; "
                + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB at most");
        foreach (var failed in report.Failed) Console.WriteLine($"  not read: {failed.ExternalId}: {failed.Error}");

        var asked = (await File.ReadAllLinesAsync(questions)).Select(line => line.Split('\t')).ToList();
        var (found, first) = (0, 0);
        foreach (var question in asked)
        {
            var hits = (
                await knowledge.Base.SearchAsync(
                    new KnowledgeQuery { TenantId = tenant, Text = question[0], Limit = 20 },
                    CancellationToken.None)).Hits;
            // A page may exist as HTML and as text; both count.
            var documents = hits
                .Select(hit => Path.GetFileNameWithoutExtension(hit.ExternalId))
                .Distinct(StringComparer.Ordinal)
                .Take(Depth)
                .ToList();
            var place = documents.FindIndex(question[1].Split('|').Contains);
            if (place >= 0) found++;
            if (place == 0) first++;
            if (place < 0) Console.WriteLine($"  not found: {question[0]} ({question[1]}); instead {string.Join(", ", documents)}");
        }

        Console.WriteLine($"{asked.Count} questions: the document that answers is first for {first}, among the first {Depth} for {found}");
        return report.Done >= least && found >= LeastFound * asked.Count;
    }
}

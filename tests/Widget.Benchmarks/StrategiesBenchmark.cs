using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Widget.Platform.Tenancy;
using Widget.Rag.Catalog;
using Widget.Rag.Search;
using Widget.Rag.Tavus;
using Widget.Simulators.Tavus;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// The cost of the search strategies, over real HTTP and a real database: two knowledge bases in parallel compared with the slower one, an
/// unreachable Tavus, and a repeated question.
/// </summary>
internal static class StrategiesBenchmark
{
    private const int Rounds = 200;
    private const int Chunks = 3_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var tenant = await database.AddTenantAsync();
        var random = new Random(11);
        string Text(int words) => string.Join(
            ' ',
            Enumerable.Range(0, words).Select(_ => $"term{Math.Pow(random.NextDouble(), 3) * 4_000:0}"));
        await knowledge.ImportAsync(tenant, [.. Enumerable.Range(0, Chunks).Select(i => ($"{i}", $"Document {i}", Text(120)))]);
        string[] questions = [.. Enumerable.Range(0, Rounds).Select(_ => Text(8))];

        await using var services = BuildTavus();
        await services.StartAsync();
        var behavior = services.Services.GetRequiredService<TavusBehavior>();
        var options = new TavusOptions { Endpoint = new Uri($"{services.Urls.Single()}/tavus"), Key = TavusEndpoints.Key };
        var tavus = new TavusKnowledgeBase(options, new InstallationSearchKey(options), TestOutbound.Clients);
        var passages = Enumerable.Range(0, 20).Select(i => new TavusPassage(Text(80), $"Passage {i}")).ToArray();

        var both = new HybridSearch([knowledge.Base, tavus], TimeProvider.System);
        var ownOnly = new HybridSearch([knowledge.Base], TimeProvider.System);
        var tavusOnly = new HybridSearch([tavus], TimeProvider.System);
        foreach (var delay in (int[])[0, 30])
        {
            behavior.Set(new TavusSwitches { Passages = passages, DelayMs = delay });
            var (own, remote, parallel) = (new List<double>(), new List<double>(), new List<double>());
            foreach (var question in questions.Take(20).Concat(questions))
            {
                own.Add(await TimeAsync(ownOnly, tenant, question));
                remote.Add(await TimeAsync(tavusOnly, tenant, question));
                parallel.Add(await TimeAsync(both, tenant, question));
            }

            var slower = Math.Max(Median(own), Median(remote));
            Console.WriteLine($"Tavus answers after {delay} ms: own {Median(own):0.0} ms, "
                + $"tavus {Median(remote):0.0} ms, parallel {Median(parallel):0.0} ms: "
                + $"the slower side {Median(parallel) - slower:+0.0;-0.0} ms (allowed +5.0), {Median(parallel) / slower:0.00} times it");
        }

        behavior.Set(new TavusSwitches { Hang = true });
        var dead = new HybridSearch([knowledge.Base, tavus], TimeProvider.System);
        var first = await TimeAsync(dead, tenant, questions[0]);
        var (following, alone) = (new List<double>(), new List<double>());
        foreach (var question in questions)
        {
            following.Add(await TimeAsync(dead, tenant, question));
            alone.Add(await TimeAsync(ownOnly, tenant, question));
        }

        Console.WriteLine($"Tavus is dead, deadline {Deadline.TotalMilliseconds:0} ms: first question {first:0} ms, "
            + $"{first / Deadline.TotalMilliseconds:0.00} times the deadline; "
            + $"the next {Rounds}: {Median(following):0.0} ms, {Median(following) / Median(alone):0.00} times our own alone, "
            + $"{behavior.Received} requests sent to it in all");

        var revisions = new KnowledgeRevisions(database.ApplicationSource);
        var caching = new HybridSearch(
            [knowledge.Base],
            TimeProvider.System,
            cache: new SearchCache(revisions.ReadAsync, TimeProvider.System));
        var (fresh, uncached, cached) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var question in questions)
        {
            uncached.Add(await TimeAsync(ownOnly, tenant, question));
            fresh.Add(await TimeAsync(caching, tenant, question));
            cached.Add(await TimeAsync(caching, tenant, question));
        }

        Console.WriteLine($"cache, {Chunks} passages: without {Median(uncached):0.00} ms, "
            + $"first time {Median(fresh):0.00} ms ({Median(fresh) / Median(uncached):0.00} times), "
            + $"again {Median(cached):0.00} ms: {Median(uncached) / Median(cached):0.0} times as fast");
    }

    private static async Task<double> TimeAsync(HybridSearch search, TenantId tenant, string question)
    {
        var plan = new SearchPlan
        {
            Weights = new Dictionary<string, double>(StringComparer.Ordinal) { [KnowledgeBases.Own] = 0.5, [KnowledgeBases.Tavus] = 0.5 },
            Deadline = Deadline,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [TavusKnowledgeBase.ReplicaParameter] = TavusEndpoints.Replica,
            },
        };
        var watch = Stopwatch.StartNew();
        await search.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, plan, CancellationToken.None);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static WebApplication BuildTavus()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TavusBehavior>();
        var app = builder.Build();
        app.MapTavus();
        return app;
    }
}

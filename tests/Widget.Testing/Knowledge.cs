using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Reading.Extraction;
using Widget.Rag.Reembedding;
using Widget.Rag.Search;

namespace Widget.Testing;

/// <summary>The own knowledge base on a test database. Jobs run immediately instead of in a worker.</summary>
public sealed class Knowledge : IDisposable
{
    private readonly EmbeddingModels _models;
    private readonly SemanticBacklogRunner? _semanticRunner;
    private readonly WakeUpSignal<IngestionWorker> _signal = new();

    public Knowledge(
        TestDatabase database,
        FetchOptions? fetching = null,
        Chunker? chunker = null,
        EmbeddingModels? models = null,
        IReader? reader = null,
        IngestionOptions? options = null,
        SentenceEmbedder? sentences = null)
    {
        Database = new TenantDatabase(database.ApplicationSource, RagServices.Tables);
        _models = models ?? new EmbeddingModels(sentences: sentences);
        _semanticRunner = sentences is null ? null : new SemanticBacklogRunner(Database, sentences, TimeProvider.System);
        Embeddings = new EmbeddingChanges(Database, _models);
        var serving = new ServingModels(Database, _models, TimeProvider.System);
        EmbeddingRunner = new EmbeddingChangeRunner(Database, _models, TimeProvider.System);
        fetching ??= new FetchOptions();
        var fetcher = TestOutbound.Fetcher(fetching);
        var documents = new DocumentReader(reader is null ? Readers.Shared : [reader, .. Readers.Shared], chunker ?? new Chunker());
        Queue = new IngestionQueue(Database, _signal);
        Runner = new JobRunner(
            Database,
            documents,
            fetcher,
            new HostQueue(fetching, TimeProvider.System),
            fetching,
            _models,
            serving,
            TimeProvider.System,
            NullLogger<JobRunner>.Instance,
            options);
        Base = new OwnKnowledgeBase(Database, _models, serving);
        Search = new HybridSearch([Base], TimeProvider.System);
    }

    public TenantDatabase Database { get; }

    public EmbeddingChanges Embeddings { get; }

    public EmbeddingChangeRunner EmbeddingRunner { get; }

    public IngestionQueue Queue { get; }

    public JobRunner Runner { get; }

    public OwnKnowledgeBase Base { get; }

    public HybridSearch Search { get; }

    /// <summary>Computes the semantic vectors that the tenant's passages lack.</summary>
    public async Task FillSemanticBacklogAsync(TenantId tenant, CancellationToken ct = default)
    {
        var worker = Guid.CreateVersion7();
        while (true)
        {
            await using (var db = await Database.BeginAsync(tenant, ct))
            {
                await using var command = db.Command("update semantic_backlogs set lease_owner = $1", [worker]);
                if (await command.ExecuteNonQueryAsync(ct) == 0) return;
                await db.CommitAsync(ct);
            }

            await _semanticRunner!.RunAsync(new SemanticLease(tenant, worker), ct);
        }
    }

    public async Task<JobReport> RunAsync(TenantId tenant, JobId job, CancellationToken ct = default)
    {
        await Runner.RunAsync(await LeaseAsync(tenant, job), TimeSpan.MaxValue, ct);
        return (await Queue.FindAsync(tenant, job, ct))!;
    }

    /// <summary>Takes a job from the worker that holds it.</summary>
    public async Task<JobLease> LeaseAsync(TenantId tenant, JobId job)
    {
        var lease = new JobLease(tenant, job, Guid.CreateVersion7());
        await using var db = await Database.BeginAsync(tenant, CancellationToken.None);
        await using var command = db.Command(
            "update ingestion_jobs set lease_owner = $2, lease_until = now() + interval '1 hour' where id = $1",
            [job.Value, lease.Worker]);
        await command.ExecuteNonQueryAsync();
        await db.CommitAsync(CancellationToken.None);
        return lease;
    }

    /// <summary>Crawls a site and waits until its pages are searchable.</summary>
    public async Task<JobReport> CrawlAsync(
        TenantId tenant,
        Uri start,
        Discovery discovery = Discovery.Links,
        int pages = 100,
        CancellationToken ct = default) =>
        await RunAsync(tenant, await Queue.AddSiteAsync(tenant, start, discovery, pages, ct), ct);

    /// <summary>A document of plain text.</summary>
    public static ImportedDocument Text(string id, string text) =>
        new(id, new DocumentDescription { MediaType = MediaTypes.Text }, Encoding.UTF8.GetBytes(text));

    /// <summary>Imports Markdown texts and waits until they are searchable.</summary>
    public async Task<JobReport> ImportAsync(TenantId tenant, params IReadOnlyList<(string Id, string Title, string Text)> documents)
    {
        var job = await Queue.ImportAsync(
            tenant,
            documents.Select(document => new ImportedDocument(
                document.Id,
                new DocumentDescription { Title = document.Title, MediaType = MediaTypes.Markdown },
                Encoding.UTF8.GetBytes(document.Text))).ToAsyncEnumerable(),
            CancellationToken.None);
        return await RunAsync(tenant, job);
    }

    public void Dispose()
    {
        _signal.Dispose();
        _models.Dispose();
    }
}

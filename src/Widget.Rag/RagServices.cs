using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Widget.Platform.Outbound;
using Widget.Platform.Telemetry;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Catalog;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Reading.Extraction;
using Widget.Rag.Reembedding;
using Widget.Rag.Remote;
using Widget.Rag.Rerank;
using Widget.Rag.Search;
using Widget.Rag.Tavus;
using Widget.Rag.Tavus.Mirror;
using Widget.Rag.Telemetry;

namespace Widget.Rag;

public static class RagServices
{
    /// <summary>The tables of the own knowledge, ingestion, and the Tavus mirror.</summary>
    public static IReadOnlyList<TenantTables> Tables { get; } = [KnowledgeTables.Tables, IngestionTables.Tables, MirrorTables.Tables];

    /// <summary>Adds ingestion and search. Requires a registered <see cref="Npgsql.NpgsqlDataSource"/> of the application.</summary>
    public static IServiceCollection AddRag(
        this IServiceCollection services,
        FetchOptions fetching,
        TavusOptions tavus,
        RerankOptions rerank,
        LocalEmbeddingOptions local,
        IngestionOptions? ingestion = null)
    {
        ingestion ??= new IngestionOptions();
        services.AddSingleton(TimeProvider.System);
        services.AddTelemetryNames(sources: [RagTelemetry.Name], meters: [RagTelemetry.Name]);
        services.AddOutbound(fetching.AllowedPrivateHosts);
        services.AddOutboundClient(JsonEndpoint.Client, connectTimeout: TimeSpan.FromSeconds(5));
        services.AddSingleton(tavus);
        foreach (var tables in Tables) services.AddSingleton(tables);
        services.TryAddSingleton<TenantDatabase>();
        services.AddSingleton<ServingModels>();
        services.AddSingleton<KnowledgeCatalog>();
        services.TryAddSingleton(provider => new EmbeddingModels(sentences: provider.GetService<SentenceEmbedder>()));
        services.AddSingleton<EmbeddingChanges>();
        services.AddSingleton<EmbeddingChangeRunner>();
        services.AddHostedService<EmbeddingWorker>();
        if (local.IsEnabled)
        {
            services.AddSingleton(
                provider => new SentenceEmbedder(local.Cache, provider.GetRequiredService<ILogger<SentenceEmbedder>>()));
            services.AddSingleton<SentenceSimilarity>();
            services.AddSingleton<SemanticBacklogRunner>();
            services.AddHostedService<SemanticWorker>();
        }

        services.AddSingleton<SourceCatalog>();
        services.AddSingleton<SinglePages>();
        services.AddSingleton<FailedDocuments>();
        services.AddSingleton<PageInspector>();
        services.AddSingleton<TypedKnowledge>();

        services.AddSingleton<IKnowledgeBase, OwnKnowledgeBase>();
        if (tavus.Endpoint is not null)
        {
            services.AddCircuitBreaker(CircuitBreakers.Settings(KnowledgeBases.Tavus));
            services.AddSingleton<IKnowledgeBase>(provider => new TavusKnowledgeBase(
                tavus,
                provider.GetService<ITavusSearchKeys>() ?? new InstallationSearchKey(tavus),
                provider.GetRequiredService<IHttpClientFactory>()));
        }

        services.AddSingleton<IKnowledgeBase, TavusMirror>();
        services.AddSingleton<MirrorPages>();
        services.AddSingleton<MirrorSync>();
        services.AddSingleton<MirrorLeases>();
        if (rerank.Endpoint is not null)
        {
            services.AddCircuitBreaker(CircuitBreakers.Settings("reranker"));
            services.AddSingleton<IReranker>(provider => new RerankClient(rerank, provider.GetRequiredService<IHttpClientFactory>()));
            services.AddSingleton(provider => new Reranking(
                provider.GetRequiredService<IReranker>(),
                provider.GetRequiredService<CircuitBreakers>(),
                provider.GetRequiredService<TimeProvider>(),
                rerank.Deadline,
                logger: provider.GetRequiredService<ILogger<Reranking>>()));
        }

        services.AddSingleton(provider => new CircuitBreakers(provider.GetRequiredService<CircuitBreakerRegistry>()));
        services.AddSingleton<KnowledgeRevisions>();
        services.AddSingleton(
            provider =>
                new SearchCache(provider.GetRequiredService<KnowledgeRevisions>().ReadAsync, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => new SearchConcurrencyLimiter(SearchConcurrencyLimiter.Default));
        services.AddSingleton(provider => new QuestionRouter(provider.GetService<SentenceEmbedder>()));
        services.AddSingleton<HybridSearch>();

        services.AddSingleton(fetching);
        services.AddSingleton<PageFetcher>();
        services.AddSingleton<HostQueue>();
        services.AddSingleton(ingestion);
        // Slow documents never take the readers of quick ones.
        services.AddSingleton(_ => new ReaderPool(size: Environment.ProcessorCount + ingestion.SlowWorkers));
        services.AddSingleton<ImageReader>();
        services.AddSingleton<IReader>(provider => provider.GetRequiredService<ReaderPool>());
        services.AddSingleton<IReader, PdfReader>();
        services.AddSingleton<IReader>(provider => provider.GetRequiredService<ImageReader>());
        services.AddSingleton<IReader, RecordingReader>();
        services.AddSingleton(new Chunker());
        services.AddSingleton<DocumentReader>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton(_ => new WakeUpSignal<IngestionWorker>(ingestion.QuickWorkers));
        services.AddSingleton<IngestionQueue>();
        services.AddHostedService<IngestionWorker>();
        services.AddHostedService<RecrawlWorker>();
        services.AddSingleton<LexicalBacklogRunner>();
        services.AddHostedService<LexicalWorker>();
        return services;
    }
}

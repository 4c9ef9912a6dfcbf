using Microsoft.Extensions.AI;
using Widget.Api.Answers;
using Widget.Api.Web;
using Widget.Platform.Outbound;
using Widget.Rag;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;

namespace Widget.Api.Knowledge;

internal static class KnowledgeServices
{
    /// <summary>Adds the knowledge base with its embedding models, and a check of the programs that read documents.</summary>
    public static IServiceCollection AddKnowledge(
        this IServiceCollection services,
        EmbeddingModelOptions embedding,
        FetchOptions fetching,
        TavusOptions tavus,
        RerankOptions rerank,
        LocalEmbeddingOptions local,
        IngestionOptions ingestion) => services
        .AddSingleton(provider => new EmbeddingModels(
            embedding.Endpoint is null ? null : Cached(embedding, provider.GetRequiredService<IHttpClientFactory>()),
            embedding.Model,
            provider.GetService<SentenceEmbedder>(),
            provider.GetRequiredService<TenantEmbeddings>()))
        .AddSingleton<TenantEmbeddings>()
        .AddCircuitBreaker(TenantEmbeddings.Breaker)
        .AddSingleton<TenantEmbeddingTest>()
        .AddRag(fetching, tavus, rerank, local, ingestion)
        .AddReadinessCheck<ProgramsHealth>("programs");

    private static CachingEmbeddings Cached(EmbeddingModelOptions options, IHttpClientFactory clients) => new(
        new OpenTelemetryEmbeddingGenerator<string, Embedding<float>>(
            new OpenAIEmbeddings(options, clients.CreateClient(OutboundClients.Operator)),
            sourceName: AnswerTelemetry.Models)
        {
            // Texts stay out of traces, even if an environment variable asks for them.
            EnableSensitiveData = false,
        },
        TimeProvider.System);
}

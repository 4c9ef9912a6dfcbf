using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>Computes the embeddings of new passages with the model that serves the tenant.</summary>
internal sealed class PassageEmbedder(EmbeddingModels models, ServingModels serving)
{
    /// <returns>
    /// One vector for each passage, in the order of documents and passages. Null while the model is unavailable: the documents can already
    /// be found by their words, and their vectors are added later.
    /// </returns>
    public async Task<(string Model, IReadOnlyList<HalfVector>? Vectors)> EmbedAsync(
        TenantId tenant,
        List<PreparedDocument> documents,
        CancellationToken ct)
    {
        var texts = documents.SelectMany(document => document.Passages.Select(document.EmbeddedText)).ToList();
        var model = (await serving.ServingAsync(tenant, ct)).Name;
        try
        {
            return (model, await models.EmbedAsync(tenant, model, texts, ct));
        }
        catch (EmbeddingUnavailableException)
        {
            return (model, null);
        }
    }
}

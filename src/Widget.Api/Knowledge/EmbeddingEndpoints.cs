using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Models;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Reembedding;

namespace Widget.Api.Knowledge;

internal static class EmbeddingEndpoints
{
    public static void MapEmbedding(this IEndpointRouteBuilder routes)
    {
        var embedding = routes.MapGroup("/api/knowledge/embedding")
            .ForStaff(StaffArea.Knowledge)
            .ProducesProblem(401)
            .WithTags("Knowledge");
        embedding.MapGet("/", Get).WithSummary("Get the embedding model that searches use, and the progress of a change");
        embedding.MapPut("/", Change).Validate<ChangeEmbeddingRequest>()
            .WithSummary("Change the embedding model; searches use the old one until every passage has a vector of the new one");
    }

    private static async Task<Ok<EmbeddingReport>> Get(
        IMultiTenantContextAccessor tenants,
        EmbeddingChanges embeddings,
        CancellationToken ct) =>
        TypedResults.Ok(ToReport(await embeddings.FindAsync(tenants.Current().TenantId, ct)));

    private static async Task<Results<Accepted<EmbeddingReport>, ValidationProblem>> Change(
        ChangeEmbeddingRequest request,
        IMultiTenantContextAccessor tenants,
        EmbeddingChanges embeddings,
        ModelAccounts accounts,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var model = request.Model switch
        {
            ChangeEmbeddingRequest.Local => HashedEmbedder.Model,
            ChangeEmbeddingRequest.Own => (await accounts.FindAsync(tenant, ModelPurpose.Embedding, ct))?.Name,
            var name => name,
        };
        if (model is null)
        {
            return Problems.Invalid(
                "model",
                "The tenant has no embedding model of its own. Set one with PUT /api/models/embedding.");
        }

        if (!await embeddings.RequestAsync(tenant, model, ct))
        {
            return Problems.Invalid(
                "model",
                $"This server has no embedding model {request.Model}. It has \"{ChangeEmbeddingRequest.Local}\"; "
                    + "others need WIDGET_EMBEDDING_ENDPOINT.");
        }

        return TypedResults.Accepted("/api/knowledge/embedding", ToReport(await embeddings.FindAsync(tenant, ct)));
    }

    private static EmbeddingReport ToReport(EmbeddingState state) => new(
        state.Model,
        state.Change is { } change
            ? new EmbeddingChangeReport(change.Model, change.Done, change.Total, change.Error, change.CreatedAt)
            : null,
        state.Semantic is { } semantic
            ? new SemanticReport(SentenceEmbedder.Model, semantic.Done, semantic.Total, semantic.Error)
            : null);
}

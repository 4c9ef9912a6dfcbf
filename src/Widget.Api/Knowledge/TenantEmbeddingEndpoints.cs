using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Models;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Reembedding;

namespace Widget.Api.Knowledge;

internal static class TenantEmbeddingEndpoints
{
    private const long MaxRequestBytes = 16 * 1024;

    public static void MapTenantEmbedding(this IEndpointRouteBuilder routes)
    {
        var model = routes.MapGroup("/api/models/embedding").ForStaff(StaffArea.Settings).ProducesProblem(401)
            .WithTags("Models").WithRequestSizeLimit(MaxRequestBytes);
        model.MapGet("/", Get).WithSummary("Get whose embedding model searches use");
        model.MapPut("/", Save).Validate<OwnModelRequest>()
            .WithSummary("Set the tenant's own embedding model, if it works, and embed all passages with it");
        model.MapDelete("/", Remove).ProducesProblem(404)
            .WithSummary("Delete the tenant's own embedding model and its key, and embed all passages with the installation's model");
        model.MapPost("/test", Test).ProducesProblem(404)
            .WithSummary("Embed a short text with the tenant's own model, and explain what is wrong");
    }

    private static async Task<Ok<OwnModelState>> Get(
        IMultiTenantContextAccessor tenants,
        ModelAccounts accounts,
        EmbeddingChanges changes,
        CancellationToken ct) =>
        TypedResults.Ok(await StateAsync(tenants.Current().TenantId, accounts, changes, ct));

    private static async Task<Results<Accepted<OwnModelState>, ValidationProblem>> Save(
        OwnModelRequest request,
        IMultiTenantContextAccessor tenants,
        ModelAccounts accounts,
        ModelRequests requests,
        TenantEmbeddingTest test,
        EmbeddingChanges changes,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var current = await accounts.FindAsync(tenant, ModelPurpose.Embedding, ct);
        var (requested, reply) = await requests.ReadAsync(request, current, ct);
        if (requested.Account is not { } account) return Problems.Invalid(requested.Field, requested.Error);
        var (dimensions, check) = await test.MeasureAsync(account, reply!, ct);
        if (dimensions is null) return Problems.Invalid(check.Name == "endpoint" ? "endpoint" : "model", check.Words);
        account = account with { Dimensions = dimensions };
        await accounts.SaveAsync(tenant, ModelPurpose.Embedding, account, ct);
        await changes.RequestAsync(tenant, OwnModel.NameOf(account), ct);
        return TypedResults.Accepted("/api/knowledge/embedding", await StateAsync(tenant, accounts, changes, ct));
    }

    private static async Task<Results<Ok<OwnModelState>, ProblemHttpResult>> Remove(
        IMultiTenantContextAccessor tenants,
        ModelAccounts accounts,
        EmbeddingModels models,
        EmbeddingChanges changes,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var state = await changes.FindAsync(tenant, ct);
        var usesOwn = IsOwn(state.Change?.Model ?? state.Model);
        // Requested before the deletion. If this node stops in between, the change runs anyway, and the caller can repeat the deletion.
        if (usesOwn) await changes.RequestAsync(tenant, models.Default, ct);
        if (!await accounts.RemoveAsync(tenant, ModelPurpose.Embedding, ct) && !usesOwn) return NoModel();
        return TypedResults.Ok(await StateAsync(tenant, accounts, changes, ct));
    }

    private static async Task<Results<Ok<ConnectionReport>, ProblemHttpResult>> Test(
        IMultiTenantContextAccessor tenants,
        ModelAccounts accounts,
        ModelServers servers,
        TenantEmbeddingTest test,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (await accounts.FindAsync(tenant, ModelPurpose.Embedding, ct) is not { } stored) return NoModel();
        if (stored.Account is not { } account) return TypedResults.Ok(ModelWords.LostKeyReport);
        return TypedResults.Ok(await test.RunAsync(account, await servers.AskAsync(account, ct), ct));
    }

    private static bool IsOwn(string model) => model.StartsWith(ITenantEmbeddings.NamePrefix, StringComparison.Ordinal);

    private static ProblemHttpResult NoModel() => Problems.Create(
        StatusCodes.Status404NotFound,
        "The tenant has no embedding model of its own. Set one with PUT /api/models/embedding.");

    private static async Task<OwnModelState> StateAsync(
        TenantId tenant,
        ModelAccounts accounts,
        EmbeddingChanges changes,
        CancellationToken ct)
    {
        var state = await changes.FindAsync(tenant, ct);
        if (await accounts.FindAsync(tenant, ModelPurpose.Embedding, ct) is not { } own)
        {
            return ModelWords.PlatformState(
                state.Model,
                IsOwn(state.Model)
                    ? "The tenant's own model is deleted. Until the passages are embedded again, searches use words and local models."
                    : "A model of this installation is used.");
        }

        return own.ToState(
            own.Account is null ? ModelWords.LostKey
            : state.Change is { SwitchedAt: null } change && change.Model == own.Name && state.Model != own.Name ?
                $"Passages are embedded with the tenant's own model: {change.Done} of {change.Total}. "
                    + "Until then, searches use the previous "
                + $"one.{(change.Error is { } error ? $" It is waiting: {error}" : "")}"
            : state.Model == own.Name ? "The tenant's own model is used."
            : "The tenant's own model is saved, but another is used. PUT /api/knowledge/embedding with model \"own\" starts it.");
    }
}

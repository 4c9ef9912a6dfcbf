using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Models;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

internal static class ChatModelEndpoints
{
    private const long MaxRequestBytes = 16 * 1024;

    public static void MapChatModel(this IEndpointRouteBuilder routes)
    {
        var model = routes.MapGroup("/api/models/chat").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Models")
            .WithRequestSizeLimit(MaxRequestBytes);
        model.MapGet("/", Get).WithSummary("Get which language model writes answers, and how it works");
        model.MapPut("/", Save).Validate<OwnModelRequest>()
            .WithSummary("Set the tenant's own language model, unless its server refuses the key");
        model.MapDelete("/", Remove).ProducesProblem(404).WithSummary("Delete the tenant's own language model and its key");
        model.MapPost("/test", Test).ProducesProblem(404)
            .WithSummary("Ask the tenant's own language model a short question, and explain what is wrong");
    }

    private static async Task<Ok<OwnModelState>> Get(
        IMultiTenantContextAccessor tenants,
        ModelAccounts accounts,
        ChatModels models,
        ChatModelOptions options,
        CancellationToken ct) =>
        TypedResults.Ok(await StateAsync(tenants.Current().TenantId, accounts, models, options, words: null, ct));

    private static async Task<Results<Ok<OwnModelState>, ValidationProblem>> Save(
        OwnModelRequest request,
        IMultiTenantContextAccessor tenants,
        ModelAccounts accounts,
        ModelRequests requests,
        ChatModels models,
        ChatModelOptions options,
        TenantSettingsService settings,
        MonthlyBudget budget,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (!budget.CanPrice(await settings.ReadAsync(tenant, ct), request.Model))
        {
            return Problems.Invalid(
                "model",
                $"The tenant has a ceiling on spend, and the price of {request.Model} is unknown. Remove budget.monthlyModelSpend from the "
                    + "settings, or ask the installation's operator to set the price with WIDGET_MODEL_PRICES.");
        }

        var current = await accounts.FindAsync(tenant, ModelPurpose.Chat, ct);
        var (requested, reply) = await requests.ReadAsync(request, current, ct);
        if (requested.Account is not { } account) return Problems.Invalid(requested.Field, requested.Error);
        await accounts.SaveAsync(tenant, ModelPurpose.Chat, account, ct);
        var words = reply!.State == ModelServerState.Reached
            ? $"The tenant's own model is used. {reply.Message} POST /api/models/chat/test checks whether the model answers."
            : $"The model is saved but could not be checked. {reply.Message} POST /api/models/chat/test checks it again.";
        return TypedResults.Ok(await StateAsync(tenant, accounts, models, options, words, ct));
    }

    private static async Task<Results<Ok<OwnModelState>, ProblemHttpResult>> Remove(
        IMultiTenantContextAccessor tenants,
        ModelAccounts accounts,
        ChatModels models,
        ChatModelOptions options,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        return await accounts.RemoveAsync(tenant, ModelPurpose.Chat, ct)
            ? TypedResults.Ok(await StateAsync(tenant, accounts, models, options, words: null, ct))
            : NoModel();
    }

    private static async Task<Results<Ok<ConnectionReport>, ProblemHttpResult>> Test(
        IMultiTenantContextAccessor tenants,
        ModelAccounts accounts,
        ModelServers servers,
        ChatModelTest test,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (await accounts.FindAsync(tenant, ModelPurpose.Chat, ct) is not { } stored) return NoModel();
        if (stored.Account is not { } account) return TypedResults.Ok(ModelWords.LostKeyReport);
        return TypedResults.Ok(await test.RunAsync(tenant, account, await servers.AskAsync(account, ct), ct));
    }

    private static ProblemHttpResult NoModel() =>
        Problems.Create(StatusCodes.Status404NotFound, "The tenant has no language model of its own. Set one with PUT /api/models/chat.");

    private static async Task<OwnModelState> StateAsync(
        TenantId tenant,
        ModelAccounts accounts,
        ChatModels models,
        ChatModelOptions options,
        string? words,
        CancellationToken ct)
    {
        if (await accounts.FindAsync(tenant, ModelPurpose.Chat, ct) is { } own)
        {
            if (own.Account is null) words = ModelWords.LostKey;
            else if (words is null && models.FindConnected(tenant, own)?.Status.Failure is { } failure)
                words = $"The tenant's own model failed at the last answer ({failure}), which quoted its sources instead.";
            return own.ToState(words ?? "The tenant's own model is used.");
        }

        return models.Installation is null
            ? ModelWords.StateWithoutModel("There is no language model, so answers quote their sources.")
            : ModelWords.PlatformState(options.Model, "This installation's model is used.");
    }
}

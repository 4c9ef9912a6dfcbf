using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Outbound;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.Webhooks;

internal static class WebhookRoutes
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/api/webhooks").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Webhooks");
        webhooks.MapGet("", List).WithSummary("List the webhook endpoints");
        webhooks.MapPost("", Create).Validate<WebhookRequest>().ProducesProblem(409)
            .WithSummary("Add a webhook endpoint; its secret is shown only once");
        webhooks.MapGet("/{id:guid}", Read).ProducesProblem(404).WithSummary("Get a webhook endpoint");
        webhooks.MapPatch("/{id:guid}", Change).Validate<WebhookChange>().ProducesProblem(404)
            .WithSummary("Change, disable or enable a webhook endpoint");
        webhooks.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a webhook endpoint and its messages");
        webhooks.MapPost("/{id:guid}/secret", ReplaceSecret).ProducesProblem(404)
            .WithSummary("Replace the secret; for 24 hours, messages are signed with both");
        webhooks.MapPost("/{id:guid}/test", Test).ProducesProblem(404).WithSummary("Send a test message");
        webhooks.MapGet("/{id:guid}/deliveries", Deliveries).ProducesValidationProblem().ProducesProblem(404)
            .WithSummary("List the messages to an endpoint of the last 30 days, newest first");
        webhooks.MapPost("/{id:guid}/deliveries/{delivery:guid}/replay", Replay).ProducesProblem(404)
            .WithSummary("Send a message again, with the same id");
    }

    private static async Task<Ok<IReadOnlyList<Webhook>>> List(
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        CancellationToken ct) =>
        TypedResults.Ok(await webhooks.ListAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Created<CreatedWebhook>, ValidationProblem, ProblemHttpResult>> Create(
        WebhookRequest request,
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        FetchOptions fetching,
        CancellationToken ct)
    {
        if (Check(request.Url, request.Events, fetching) is { } problem) return problem;
        if (await webhooks.AddAsync(tenants.Current().TenantId, request, ct) is not { } created)
        {
            return Problems.Create(
                StatusCodes.Status409Conflict,
                $"A tenant can have {WebhookService.MaxEndpoints} webhook endpoints. Delete one first.");
        }

        return TypedResults.Created($"/api/webhooks/{created.Id}", created);
    }

    private static async Task<Results<Ok<Webhook>, ProblemHttpResult>> Read(
        Guid id,
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        CancellationToken ct) =>
        await webhooks.FindAsync(tenants.Current().TenantId, id, ct) is { } found ? TypedResults.Ok(found) : NotFound();

    private static async Task<Results<Ok<Webhook>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        WebhookChange request,
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        FetchOptions fetching,
        CancellationToken ct)
    {
        if (Check(request.Url, request.Events, fetching) is { } problem) return problem;
        return await webhooks.ChangeAsync(tenants.Current().TenantId, id, request, ct) is { } changed
            ? TypedResults.Ok(changed)
            : NotFound();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        CancellationToken ct) =>
        await webhooks.DeleteAsync(tenants.Current().TenantId, id, ct) ? TypedResults.NoContent() : NotFound();

    private static async Task<Results<Ok<WebhookSecret>, ProblemHttpResult>> ReplaceSecret(
        Guid id,
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        CancellationToken ct) =>
        await webhooks.ReplaceSecretAsync(tenants.Current().TenantId, id, ct) is { } secret ? TypedResults.Ok(secret) : NotFound();

    private static async Task<Results<Accepted<WebhookDelivery>, ProblemHttpResult>> Test(
        Guid id,
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        CancellationToken ct) =>
        await webhooks.TestAsync(tenants.Current().TenantId, id, ct) is { } delivery
            ? TypedResults.Accepted($"/api/webhooks/{id}/deliveries", delivery)
            : NotFound();

    private static async Task<Results<Ok<WebhookDeliveryPage>, ValidationProblem, ProblemHttpResult>> Deliveries(
        Guid id,
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        CancellationToken ct,
        string? after = null,
        int limit = WebhookService.DefaultLimit)
    {
        if (limit is < 1 or > WebhookService.MaxLimit)
            return Problems.Invalid("limit", $"limit must be between 1 and {WebhookService.MaxLimit}.");
        Guid? last = null;
        if (after is not null)
        {
            if (!Guid.TryParse(after, out var parsed))
                return Problems.Invalid("after", "after must be the value of next from the previous page.");
            last = parsed;
        }

        return await webhooks.DeliveriesAsync(tenants.Current().TenantId, id, last, limit, ct) is { } page
            ? TypedResults.Ok(page)
            : NotFound();
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Replay(
        Guid id,
        Guid delivery,
        IMultiTenantContextAccessor tenants,
        WebhookService webhooks,
        CancellationToken ct) =>
        await webhooks.ReplayAsync(tenants.Current().TenantId, id, delivery, ct)
            ? TypedResults.Accepted($"/api/webhooks/{id}/deliveries")
            : Problems.NotFound("message");

    private static ProblemHttpResult NotFound() => Problems.NotFound("webhook endpoint");

    // Null if both are valid or left out.
    private static ValidationProblem? Check(string? url, IReadOnlyList<string>? events, FetchOptions fetching)
    {
        if (url is not null && TenantAddresses.ReadServer("url", url, "https://example.com/webhooks", fetching).Error is { } error)
            return Problems.Invalid("url", error);
        if (events?.FirstOrDefault(name => !WebhookEvents.All.Contains(name, StringComparer.Ordinal)) is { } unknown)
            return Problems.Invalid("events", $"There is no event \"{unknown}\". The events are: {string.Join(", ", WebhookEvents.All)}.");
        return null;
    }
}

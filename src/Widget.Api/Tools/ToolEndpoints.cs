using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Tools;

internal static class ToolEndpoints
{
    public static void MapTools(this IEndpointRouteBuilder routes)
    {
        var tools = routes.MapGroup("/api/tools").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Tools");
        tools.MapGet("/", List).WithSummary("List the assistant's tools and which of them are enabled");
        tools.MapGet("/calls", ListCalls).ProducesValidationProblem()
            .WithSummary("List the tool calls with their arguments and outcome, newest first");
    }

    private static async Task<Ok<ToolList>> List(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        ToolRegistry registry,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var current = await settings.ReadAsync(tenant, ct);
        return TypedResults.Ok(new ToolList([.. (await registry.AllAsync(tenant, ct)).Select(tool => ToDescription(tool, current))]));
    }

    private static async Task<Results<Ok<ToolCallPage>, ValidationProblem>> ListCalls(
        IMultiTenantContextAccessor tenants,
        ToolCallAudit audit,
        CancellationToken ct,
        Guid? conversation = null,
        string? after = null,
        int limit = ToolCallAudit.DefaultLimit)
    {
        if (limit is < 1 or > ToolCallAudit.MaxLimit)
            return Problems.Invalid("limit", $"limit must be between 1 and {ToolCallAudit.MaxLimit}.");
        long? last = null;
        if (after is not null)
        {
            if (!long.TryParse(after, out var position))
                return Problems.Invalid("after", "after must be the value of next from the previous page.");
            last = position;
        }

        ConversationId? only = conversation is { } id ? new ConversationId(id) : null;
        return TypedResults.Ok(await audit.ListAsync(tenants.Current().TenantId, only, last, limit, ct));
    }

    private static ToolDescription ToDescription(Tool tool, TenantSettings settings) =>
        new(tool.Name, tool.Description, tool.Parameters, tool.HasEffects, ToolRegistry.IsEnabled(tool, settings), tool.Origin switch
        {
            ToolOrigin.Http => ToolOriginName.Http,
            ToolOrigin.Mcp => ToolOriginName.Mcp,
            _ => ToolOriginName.BuiltIn,
        });
}

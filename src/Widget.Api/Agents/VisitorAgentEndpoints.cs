using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Agents;

/// <summary>What visitors do with agents: browse them, choose one, and see their portraits.</summary>
internal static class VisitorAgentEndpoints
{
    private const int DefaultLimit = 24;
    private const int MaxLimit = 100;

    public static void MapVisitorAgents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/companions", Companions)
            .RequireCors(Policies.AnyOrigin).ForVisitorsAndStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Agents")
            .WithSummary("List all agents that visitors can choose, in the form that programs for companions read");
        var widget = routes.MapGroup("/api/widget")
            .RequireCors(Policies.AnyOrigin).RequireAuthorization(Policies.Visitor).WithTags("Widget")
            .ProducesProblem(401).ProducesProblem(403);
        widget.MapGet("/agents", List).ProducesValidationProblem().WithSummary("List and search the agents that the visitor can choose");
        widget.MapPost("/conversations/{id:guid}/agent", Choose).ProducesProblem(404)
            .WithSummary("Choose the agent of a conversation");
        routes.MapGet("/agents/{slug}/portraits/{portrait:guid}", Portrait).RequireCors(Policies.AnyOrigin).ExcludeFromDescription();
    }

    private static async Task<Ok<CompanionList>> Companions(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        VisitorTokens tokens,
        TenantSettingsService settings,
        AgentService agents,
        OwnHosts hosts,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        var companions = new List<Companion>();
        // A tenant's program sees all agents. A visitor sees those that can be chosen, and none if the tenant doesn't allow it.
        var isVisitor = tokens.Read(http) is not null;
        if (isVisitor && !(await settings.ReadAsync(tenant.TenantId, ct)).Agents.VisitorsChoose)
            return TypedResults.Ok(new CompanionList(companions));
        string? after = null;
        do
        {
            var filter = new AgentFilter(null, null, ListedOnly: isVisitor);
            var page = (await agents.ListAsync(tenant.TenantId, filter, after, AgentService.MaxLimit, ct))!.Value;
            companions.AddRange(page.Rows.Select(row => new Companion(
                row.Id.ToString(),
                row.Name,
                Absolute(http, hosts, AgentPortraits.AddressOf(row, tenant.Slug)),
                row.Description,
                row.VoiceId,
                row.Personality,
                new CompanionMetadata(row.Age, row.Tags))));
            after = page.Next;
        }
        while (after is not null);
        return TypedResults.Ok(new CompanionList(companions));
    }

    private static async Task<Results<Ok<AgentCardPage>, ValidationProblem, ProblemHttpResult>> List(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        VisitorTokens tokens,
        TenantSettingsService settings,
        AgentService agents,
        CancellationToken ct,
        string? search = null,
        string? tag = null,
        string? after = null,
        int limit = DefaultLimit)
    {
        if (limit is < 1 or > MaxLimit) return Problems.Invalid("limit", $"limit must be between 1 and {MaxLimit}.");
        var tenant = tenants.Current();
        var current = await settings.ReadAsync(tokens.Read(http)!.Tenant, ct);
        if (!current.Agents.VisitorsChoose) return NotAllowed();
        if (await agents.ListAsync(tenant.TenantId, new AgentFilter(search, tag, ListedOnly: true), after, limit, ct) is not { } page)
            return Problems.Invalid("after", "after must be the value of next from the previous page.");
        var cards = page.Rows.Select(row => Card(row, tenant.Slug));
        var isStart = after is null && string.IsNullOrWhiteSpace(search) && string.IsNullOrWhiteSpace(tag);
        if (isStart) cards = cards.Prepend(OwnCard(current));
        return TypedResults.Ok(new AgentCardPage([.. cards], page.Next, isStart ? await agents.TagsAsync(tenant.TenantId, ct) : []));
    }

    private static async Task<Results<Ok<AgentCard>, ProblemHttpResult>> Choose(
        Guid id,
        AgentChoiceRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        VisitorTokens tokens,
        TenantSettingsService settings,
        AgentService agents,
        ConversationAgents conversations,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        var current = await settings.ReadAsync(visitor.Tenant, ct);
        if (!current.Agents.VisitorsChoose) return NotAllowed();
        AgentRow? row = null;
        if (request.AgentId is { } wanted)
        {
            row = await agents.FindAsync(visitor.Tenant, new AgentId(wanted), ct);
            if (row is not { Listed: true }) return Problems.NotFound("agent");
        }

        return await conversations.ChooseAsync(visitor.Tenant, new ConversationId(id), visitor.Visitor, row?.Id, ct)
            ? TypedResults.Ok(row is null ? OwnCard(current) : Card(row, tenants.Current().Slug))
            : Problems.NotFound("conversation");
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Portrait(
        Guid portrait,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        AgentPortraits portraits,
        CancellationToken ct)
    {
        if (tenants.MultiTenantContext.TenantInfo is not { } tenant
            || await portraits.ReadAsync(tenant.TenantId, portrait, ct) is not { } picture)
        {
            return Problems.NotFound("picture");
        }

        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.File(picture.Content, picture.Type);
    }

    /// <summary>Returns an agent as visitors see it.</summary>
    internal static AgentCard Card(AgentRow row, string slug) =>
        new(row.Id.Value, row.Name, row.Description, AgentPortraits.AddressOf(row, slug), row.Tags, row.Greeting);

    /// <summary>Returns the company's own assistant as visitors see it.</summary>
    internal static AgentCard OwnCard(TenantSettings settings) =>
        new(null, settings.AgentName, settings.Introduction, settings.Theme.PortraitUrl, [], settings.Greeting);

    private static string? Absolute(HttpContext http, OwnHosts hosts, string? address) =>
        address is not ['/', ..] ? address : (hosts.PublicOrigin ?? $"{http.Request.Scheme}://{http.Request.Host}") + address;

    private static ProblemHttpResult NotAllowed() =>
        Problems.Create(StatusCodes.Status403Forbidden, "Visitors can't choose an agent here.", "no_choice");
}

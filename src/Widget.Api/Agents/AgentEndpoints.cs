using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Widget.Api.Agents.Catalogues;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Agents;

internal static class AgentEndpoints
{
    private const string LimitError = "limit must be between 1 and 200.";
    private const string CursorError = "after must be the value of next from the previous page.";

    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.AddSingleton(AgentTables.Tables);
        services.AddSingleton<AgentService>();
        services.AddSingleton<AgentPortraits>();
        services.AddSingleton<ConversationAgents>();
        services.AddSingleton<CatalogueClient>();
        services.AddSingleton<CatalogueImporter>();
        services.AddHostedService<CatalogueWorker>();
        return services;
    }

    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/api/agents").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Agents");
        agents.MapGet("", List).ProducesValidationProblem().WithSummary("List and search agents");
        agents.MapPost("", Add).Validate<AgentDetails>().ProducesProblem(409).WithSummary("Add an agent");
        agents.MapGet("/{id:guid}", Get).ProducesProblem(404).WithSummary("Get an agent");
        agents.MapPatch("/{id:guid}", Change).Accepts<AgentDetails>("application/json").ProducesValidationProblem().ProducesProblem(404)
            .WithSummary("Change the given fields of an agent; null removes a value");
        agents.MapDelete("/{id:guid}", Remove).ProducesProblem(404)
            .WithSummary("Delete an agent; its conversations continue with the company's own assistant");
        agents.MapPut("/{id:guid}/portrait", SavePortrait).DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(AgentPortraits.MaxBytes + (64 * 1024)))
            .ProducesValidationProblem().ProducesProblem(404).ProducesProblem(413)
            .WithSummary("Upload an agent's portrait (PNG, JPEG, GIF or WebP, at most 2 MB)");
        agents.MapDelete("/{id:guid}/portrait", RemovePortrait).ProducesProblem(404).WithSummary("Delete an agent's uploaded portrait");
        agents.MapCatalogues();
        routes.MapVisitorAgents();
    }

    /// <summary>Returns an agent as the tenant sees it.</summary>
    private static Agent Show(AgentRow row, TenantInfo tenant, Guid? byDefault)
    {
        var details = AgentService.DetailsOf(row);
        return new Agent
        {
            Id = row.Id.Value,
            Name = details.Name,
            Description = details.Description,
            PortraitUrl = details.PortraitUrl,
            Portrait = AgentPortraits.AddressOf(row, tenant.Slug),
            VoiceId = details.VoiceId,
            RealtimeVoice = details.RealtimeVoice,
            Personality = details.Personality,
            Age = details.Age,
            Tags = details.Tags,
            Greeting = details.Greeting,
            Instructions = details.Instructions,
            TavusReplicaId = details.TavusReplicaId,
            TavusPersonaId = details.TavusPersonaId,
            Listed = details.Listed,
            IsDefault = byDefault == row.Id.Value,
            CatalogueId = row.CatalogueId,
            ExternalId = row.ExternalId,
            Edited = row.Edited,
            CreatedAt = row.CreatedAt,
            UpdatedAt = row.UpdatedAt,
        };
    }

    private static async Task<Results<Ok<AgentPage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        AgentService agents,
        CancellationToken ct,
        string? search = null,
        string? tag = null,
        string? after = null,
        int limit = AgentService.DefaultLimit)
    {
        if (limit is < 1 or > AgentService.MaxLimit) return Problems.Invalid("limit", LimitError);
        var tenant = tenants.Current();
        if (await agents.ListAsync(tenant.TenantId, new AgentFilter(search, tag, ListedOnly: false), after, limit, ct) is not { } page)
            return Problems.Invalid("after", CursorError);
        var byDefault = (await settings.ReadAsync(tenant.TenantId, ct)).Agents.DefaultAgentId;
        return TypedResults.Ok(new AgentPage([.. page.Rows.Select(row => Show(row, tenant, byDefault))], page.Next, page.Total));
    }

    private static async Task<Results<Created<Agent>, ProblemHttpResult>> Add(
        AgentDetails request,
        IMultiTenantContextAccessor tenants,
        AgentService agents,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        return await agents.AddAsync(tenant.TenantId, request, ct) is { } added
            ? TypedResults.Created($"/api/agents/{added.Id}", Show(added, tenant, byDefault: null))
            : Problems.Create(StatusCodes.Status409Conflict, $"There can be at most {AgentService.MaxAgents} agents. Delete one first.");
    }

    private static async Task<Results<Ok<Agent>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        AgentService agents,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        return await agents.FindAsync(tenant.TenantId, new AgentId(id), ct) is { } row
            ? TypedResults.Ok(await ShowAsync(row, tenant, settings, ct))
            : Problems.NotFound("agent");
    }

    private static async Task<Results<Ok<Agent>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        JsonObject request,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        AgentService agents,
        IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        if (await agents.FindAsync(tenant.TenantId, new AgentId(id), ct) is not { } row) return Problems.NotFound("agent");
        AgentDetails details;
        try
        {
            details = AgentService.Patch(row, request, json.Value.SerializerOptions);
        }
        catch (JsonException e)
        {
            var field = e.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path : "";
            return Problems.Invalid(
                field,
                field.Length > 0 ? $"{field} is unknown or has a value of a wrong type." : "The agent is not valid.");
        }

        if (Validation.FindErrors(details) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors, title: errors.Values.First()[0]);
        var changed = request.Select(field => field.Key);
        return await agents.ChangeAsync(tenant.TenantId, new AgentId(id), details, changed, ct) is { } saved
            ? TypedResults.Ok(await ShowAsync(saved, tenant, settings, ct))
            : Problems.NotFound("agent");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        Guid id,
        IMultiTenantContextAccessor tenants,
        AgentService agents,
        CancellationToken ct) =>
        await agents.RemoveAsync(tenants.Current().TenantId, new AgentId(id), ct) ? TypedResults.NoContent() : Problems.NotFound("agent");

    private static async Task<Results<Ok<Agent>, ValidationProblem, ProblemHttpResult>> SavePortrait(
        Guid id,
        IFormFile file,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        AgentPortraits portraits,
        CancellationToken ct)
    {
        if (file.Length > AgentPortraits.MaxBytes) return Problems.Invalid("file", "The picture is larger than 2 MB.");
        var content = new byte[file.Length];
        await using (var stream = file.OpenReadStream()) await stream.ReadExactlyAsync(content, ct);
        if (AgentPortraits.TypeOf(content) is not { } type)
            return Problems.Invalid("file", "The file must be a picture: PNG, JPEG, GIF or WebP.");
        var tenant = tenants.Current();
        return await portraits.SaveAsync(tenant.TenantId, new AgentId(id), type, content, ct) is { } row
            ? TypedResults.Ok(await ShowAsync(row, tenant, settings, ct))
            : Problems.NotFound("agent");
    }

    private static async Task<Results<Ok<Agent>, ProblemHttpResult>> RemovePortrait(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        AgentPortraits portraits,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        return await portraits.RemoveAsync(tenant.TenantId, new AgentId(id), ct) is { } row
            ? TypedResults.Ok(await ShowAsync(row, tenant, settings, ct))
            : Problems.NotFound("agent");
    }

    private static async Task<Agent> ShowAsync(AgentRow row, TenantInfo tenant, TenantSettingsService settings, CancellationToken ct) =>
        Show(row, tenant, (await settings.ReadAsync(tenant.TenantId, ct)).Agents.DefaultAgentId);
}

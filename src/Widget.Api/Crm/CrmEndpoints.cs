using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Outbound;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Work;
using Widget.Rag.Fetching;

namespace Widget.Api.Crm;

internal static class CrmEndpoints
{
    private static readonly string[] States = ["delivered", "waiting", "failed"];

    public static IServiceCollection AddCrm(this IServiceCollection services, CrmOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(CrmTables.Tables);
        services.AddSingleton<WakeUpSignal<CrmWorker>>(_ => new WakeUpSignal<CrmWorker>());
        services.AddSingleton<CrmHttp>();
        services.AddSingleton<ICrmSystem, HubSpot>();
        services.AddSingleton<ICrmSystem, Salesforce>();
        services.AddSingleton<CrmService>();
        services.AddHostedService<CrmWorker>();
        return services;
    }

    public static void MapCrm(this IEndpointRouteBuilder routes)
    {
        var crm = routes.MapGroup("/api/crm").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("CRM");
        crm.MapGet("", List).WithSummary("List the connected systems");
        crm.MapPut("/hubspot", SaveHubSpot).Validate<HubSpotConnection>().WithSummary("Send leads to HubSpot as contacts");
        crm.MapPut("/salesforce", SaveSalesforce).Validate<SalesforceConnection>().WithSummary("Send leads to Salesforce as leads");
        crm.MapDelete("/{kind}", Remove).ProducesProblem(404).WithSummary("Disconnect a system; what it has stays there");
        crm.MapPost("/{kind}/test", Test).ProducesProblem(404).WithSummary("Test a connection");
        crm.MapPost("/{kind}/send", SendAll).ProducesProblem(404).WithSummary("Send all leads that a system does not have");
        crm.MapGet("/{kind}/records", Records).ProducesProblem(404).ProducesValidationProblem()
            .WithSummary("List the leads by whether they have been sent");
        crm.MapPost("/{kind}/records/{lead:guid}/retry", Retry).ProducesProblem(404).WithSummary("Send a lead again");
    }

    private static async Task<Ok<IReadOnlyList<CrmConnection>>> List(
        IMultiTenantContextAccessor tenants,
        CrmService crm,
        CancellationToken ct) =>
        TypedResults.Ok(await crm.ListAsync(tenants.Current().TenantId, ct));

    private static async Task<NoContent> SaveHubSpot(
        HubSpotConnection request,
        IMultiTenantContextAccessor tenants,
        CrmService crm,
        CancellationToken ct)
    {
        await crm.SaveAsync(tenants.Current().TenantId, new CrmAccount(request), ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ValidationProblem>> SaveSalesforce(
        SalesforceConnection request,
        IMultiTenantContextAccessor tenants,
        CrmService crm,
        FetchOptions fetching,
        CancellationToken ct)
    {
        const string example = "https://acme.my.salesforce.com";
        var (domain, error) = TenantAddresses.ReadServer("domain", request.Domain, example, fetching);
        if (domain is null) return Problems.Invalid("domain", error!);
        if (domain.PathAndQuery != "/") return Problems.Invalid("domain", $"domain must be an address without a path, such as {example}.");
        await crm.SaveAsync(tenants.Current().TenantId, new CrmAccount(request), ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        string kind,
        IMultiTenantContextAccessor tenants,
        CrmService crm,
        CancellationToken ct) =>
        Parse(kind) is { } system && await crm.RemoveAsync(tenants.Current().TenantId, system, ct) ? TypedResults.NoContent() : NotFound();

    private static async Task<Results<Ok<CrmTest>, ProblemHttpResult>> Test(
        string kind,
        IMultiTenantContextAccessor tenants,
        CrmService crm,
        IEnumerable<ICrmSystem> systems,
        CancellationToken ct)
    {
        if (Parse(kind) is not { } system) return NotFound();
        var (exists, account) = await crm.FindAsync(tenants.Current().TenantId, system, ct);
        if (!exists) return NotFound();
        if (account is null)
            return TypedResults.Ok(new CrmTest(Ok: false, "The keys can no longer be decrypted. Connect the system again."));
        try
        {
            await systems.Single(candidate => candidate.Kind == system).TestAsync(account, ct);
            return TypedResults.Ok(new CrmTest(Ok: true, Message: null));
        }
        catch (CrmException e)
        {
            return TypedResults.Ok(new CrmTest(Ok: false, e.Message));
        }
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> SendAll(
        string kind,
        IMultiTenantContextAccessor tenants,
        CrmService crm,
        CancellationToken ct) =>
        Parse(kind) is { } system && await crm.SendAllAsync(tenants.Current().TenantId, system, ct) is not null
            ? TypedResults.Accepted($"/api/crm/{kind}/records")
            : NotFound();

    private static async Task<Results<Ok<CrmRecordPage>, ValidationProblem, ProblemHttpResult>> Records(
        string kind,
        IMultiTenantContextAccessor tenants,
        CrmService crm,
        CancellationToken ct,
        string? state = null,
        string? after = null,
        int limit = CrmService.DefaultLimit)
    {
        if (Parse(kind) is not { } system || !(await crm.FindAsync(tenants.Current().TenantId, system, ct)).Exists) return NotFound();
        if (limit is < 1 or > CrmService.MaxLimit) return Problems.Invalid("limit", $"limit must be between 1 and {CrmService.MaxLimit}.");
        if (state is not null && !States.Contains(state, StringComparer.Ordinal))
            return Problems.Invalid("state", $"state must be one of {string.Join(", ", States)}.");
        Guid? last = null;
        if (after is not null)
        {
            if (!Guid.TryParse(after, out var id))
                return Problems.Invalid("after", "after must be the value of next from the previous page.");
            last = id;
        }

        return TypedResults.Ok(await crm.RecordsAsync(tenants.Current().TenantId, system, state, last, limit, ct));
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Retry(
        string kind,
        Guid lead,
        IMultiTenantContextAccessor tenants,
        CrmService crm,
        CancellationToken ct) =>
        Parse(kind) is { } system && await crm.RetryAsync(tenants.Current().TenantId, system, lead, ct)
            ? TypedResults.Accepted($"/api/crm/{kind}/records")
            : Problems.NotFound("lead in this system");

    private static CrmKind? Parse(string kind) =>
        Enum.GetValues<CrmKind>().Cast<CrmKind?>().FirstOrDefault(known => CrmService.NameOf(known!.Value) == kind);

    private static ProblemHttpResult NotFound() =>
        Problems.Create(StatusCodes.Status404NotFound, "This system is not connected. Connect hubspot or salesforce first.");
}

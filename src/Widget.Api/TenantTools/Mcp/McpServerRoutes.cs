using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Outbound;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.TenantTools.Mcp;

internal static class McpServerRoutes
{
    private const long MaxRequestBytes = 64 * 1024;
    private const int MaxHeaders = 10;
    private const int MaxHeaderLength = 2_000;
    private const string HeaderSigns = "!#$%&'*+-.^_`|~"; // RFC 9110, section 5.6.2

    // Those that the connection itself sets.
    private static readonly string[] OwnHeaders =
        ["host", "content-", "transfer-encoding", "connection", "accept", "mcp-", "cookie", "upgrade", "last-event-id"];

    public static void MapMcpServers(this IEndpointRouteBuilder routes)
    {
        var servers = routes.MapGroup("/api/tools/mcp").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Tools")
            .WithRequestSizeLimit(MaxRequestBytes);
        servers.MapEntries<McpServerService, McpServerList, McpServerDetail>(
            "",
            "MCP server",
            "List the MCP servers",
            async (entries, tenant, ct) => new McpServerList(await entries.ListAsync(tenant, ct)),
            (entries, tenant, id, ct) => entries.FindAsync(tenant, id, ct),
            (entries, tenant, id, ct) => entries.DeleteAsync(tenant, id, ct));
        servers.MapPost("", Add).Validate<McpServerRequest>().ProducesProblem(409).WithSummary("Add an MCP server");
        servers.MapPut("/{id:guid}", Change).Validate<McpServerRequest>().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Change an MCP server; with another name or address, its tools must be chosen again");
        servers.MapGet("/{id:guid}/tools", Offered).ProducesProblem(404).ProducesProblem(502)
            .WithSummary("Ask an MCP server for its tools");
        servers.MapPut("/{id:guid}/tools", Choose).Validate<McpToolChoice>().ProducesProblem(404).ProducesProblem(502)
            .WithSummary("Choose the tools of an MCP server that the assistant may use");
    }

    private static async Task<Results<Created<McpServerDetail>, ValidationProblem, ProblemHttpResult>> Add(
        McpServerRequest request,
        IMultiTenantContextAccessor tenants,
        McpServerService servers,
        FetchOptions fetching,
        CancellationToken ct)
    {
        if (Check(request, fetching) is { } problem) return problem;
        var (added, refusal) = await servers.AddAsync(tenants.Current().TenantId, request, ct);
        return added is not null ? TypedResults.Created($"/api/tools/mcp/{added.Id}", added) : Refused(refusal!, request.Name);
    }

    private static async Task<Results<Ok<McpServerDetail>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        McpServerRequest request,
        IMultiTenantContextAccessor tenants,
        McpServerService servers,
        FetchOptions fetching,
        CancellationToken ct)
    {
        if (Check(request, fetching) is { } problem) return problem;
        var (changed, refusal) = await servers.ChangeAsync(tenants.Current().TenantId, id, request, ct);
        return changed is not null ? TypedResults.Ok(changed) : Refused(refusal!, request.Name);
    }

    private static async Task<Results<Ok<McpOfferedTools>, ProblemHttpResult>> Offered(
        Guid id,
        IMultiTenantContextAccessor tenants,
        McpServerService servers,
        CancellationToken ct)
    {
        var (tools, refusal) = await servers.OfferedAsync(tenants.Current().TenantId, id, ct);
        return tools is not null ? TypedResults.Ok(tools) : Refused(refusal!, "");
    }

    private static async Task<Results<Ok<McpServerDetail>, ValidationProblem, ProblemHttpResult>> Choose(
        Guid id,
        McpToolChoice request,
        IMultiTenantContextAccessor tenants,
        McpServerService servers,
        CancellationToken ct)
    {
        var (changed, refusal) = await servers.ChooseAsync(tenants.Current().TenantId, id, request.Names, ct);
        if (refusal is McpRefusal.NoSuchTool unknown)
        {
            return Problems.Invalid(
                "names",
                $"The server has no tool \"{unknown.Name}\". Its tools are: {string.Join(", ", unknown.Offered)}.");
        }

        return changed is not null ? TypedResults.Ok(changed) : Refused(refusal!, "");
    }

    private static ProblemHttpResult Refused(McpRefusal refusal, string name) => refusal switch
    {
        McpRefusal.NameTaken => Problems.Create(
            StatusCodes.Status409Conflict,
            $"There is already an MCP server named {name}.",
            "name_taken"),
        McpRefusal.TooMany => Problems.Create(
            StatusCodes.Status409Conflict,
            $"A tenant can have {McpServerService.MaxServers} MCP servers. Delete one first."),
        McpRefusal.Unavailable unavailable => Problems.Create(StatusCodes.Status502BadGateway, unavailable.Error),
        _ => Problems.NotFound("MCP server"),
    };

    // Null if the request is valid.
    private static ValidationProblem? Check(McpServerRequest request, FetchOptions fetching)
    {
        if (TenantAddresses.ReadServer("url", request.Url, "https://example.com/mcp", fetching).Error is { } error)
            return Problems.Invalid("url", error);
        if (request.Headers is not { } headers) return null;
        if (headers.Count > MaxHeaders) return Problems.Invalid("headers", $"There may be at most {MaxHeaders} headers.");
        foreach (var (name, value) in headers)
        {
            if (name.Length is 0 or > 100 || !name.All(sign => char.IsAsciiLetterOrDigit(sign) || HeaderSigns.Contains(sign)))
                return Problems.Invalid("headers", $"\"{name}\" can't be the name of a header.");
            if (OwnHeaders.Any(own => name.StartsWith(own, StringComparison.OrdinalIgnoreCase)))
                return Problems.Invalid("headers", $"The header {name} can't be set.");
            if (value is not { Length: > 0 and <= MaxHeaderLength } || !value.All(sign => sign is >= ' ' and <= '~'))
            {
                return Problems.Invalid(
                    "headers",
                    $"The value of {name} must have 1 to {MaxHeaderLength} visible ASCII characters.");
            }
        }

        return null;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Widget.Api.Tenancy;
using Widget.Api.Web;
using Widget.Testing;

namespace Widget.Api.Tests.Boundary;

/// <summary>Who may call which endpoint. The cases are made from the endpoints, so that a new one without a rule fails.</summary>
public sealed class RolesShould(ApiFixture api)
{
    // Everybody may call these: they carry a token of their own, or show nothing of a tenant.
    private static readonly string[] Open =
    [
        "/", "/health", "/metrics", "/openapi", "/reference", "/widget", "/v1/widget", "/m/", "/meet", "/agents", "/preview", "/files",
        "/api/accounts", "/api/widget/session", "/api/widget/appearance", "/api/widget/triggers", "/api/livekit/webhook", "/call",
        "/hubs/rooms", "/api/video/rooms/join", "/api/tavus/callback/x", "/api/tavus/documents/x", "/api/tavus/tool/x",
        "/api/tavus/session/00000000-0000-0000-0000-000000000001/leave",
        "/api/voice/session/00000000-0000-0000-0000-000000000001/leave",
    ];

    [Fact]
    public void Have_a_rule_for_every_endpoint()
    {
        var missing = Endpoints()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaffAccess>() is null)
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Select(Describe)
            .ToList();

        // docs/roles.md explains each of them.
        missing.Where(line => !IsOpen(line)).ShouldBeEmpty();
    }

    [Fact]
    public void Have_no_permission_that_no_endpoint_requires()
    {
        var required = Endpoints().SelectMany(Permissions).ToHashSet();

        Tenancy.Access.Permissions.All.Where(permission => !required.Contains(permission)).ShouldBe(["analytics.write", "audit.write"]);
    }

    [Fact]
    public void Be_described_as_they_are()
    {
        var lines = new List<string> { "| Permission | viewer | rep | admin | owner |", "|---|---|---|---|---|" };
        foreach (var permission in Tenancy.Access.Permissions.All)
        {
            var marks = new[] { Role.Viewer, Role.Rep, Role.Admin, Role.Owner }
                .Select(role => Tenancy.Access.Permissions.Allow(role, permission) ? "yes" : "–");
            lines.Add($"| `{permission}` | {string.Join(" | ", marks)} |");
        }

        File.ReadAllText(Path.Combine(Repository.Root, "docs", "roles.md")).ShouldContain(string.Join('\n', lines));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Rep)]
    [InlineData(Role.Admin)]
    public async Task Let_a_role_do_what_its_permissions_say(Role role)
    {
        var tenant = await TestTenant.CreateAsync(api);
        // A key with the role's permissions is refused at the same place as a member with the role.
        var scopes = Tenancy.Access.Permissions.All.Where(permission => Tenancy.Access.Permissions.Allow(role, permission)).ToArray();
        using var http = await WithScopesAsync(tenant, scopes);

        var wrong = new List<string>();
        foreach (var endpoint in Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<StaffAccess>() is not null))
        {
            foreach (var method in Methods(endpoint))
            {
                var permission = StaffAccess.PermissionFor(endpoint.Metadata, method)!;
                var path = PathOf(endpoint);
                if (path.StartsWith("/hubs/", StringComparison.Ordinal)) continue;
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                var refused = response.StatusCode == HttpStatusCode.Forbidden
                    && (await response.Content.ReadAsStringAsync()).Contains($"needs the scope {permission}", StringComparison.Ordinal);
                if (refused == scopes.Contains(permission)) wrong.Add($"{method} {path}: {(int)response.StatusCode}, needs {permission}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Let_no_key_give_more_than_it_has()
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var http = await WithScopesAsync(tenant, ["keys.write"]);

        using var refused = await http.PostAsJsonAsync("/api/keys", new { name = "more", scopes = new[] { "leads.read" } });

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("lacks the scope leads.read");
    }

    [Fact]
    public async Task Log_who_changed_what()
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var added = await tenant.Developer.PostAsJsonAsync("/api/prices", new { name = "Basic", amount = 5, currency = "EUR" });
        added.EnsureSuccessStatusCode();

        var log = await tenant.Developer.GetFromJsonAsync<JsonElement>("/api/audit");

        var entry = log.GetProperty("items")[0];
        entry.GetProperty("actor").GetString().ShouldBe("first");
        entry.GetProperty("method").GetString().ShouldBe("POST");
        entry.GetProperty("path").GetString().ShouldBe("/api/prices");
        entry.GetProperty("status").GetInt32().ShouldBe(201);
    }

    private async Task<HttpClient> WithScopesAsync(TestTenant tenant, string[] scopes)
    {
        using var answer = await tenant.Developer.PostAsJsonAsync("/api/keys", new { name = "scoped", scopes });
        answer.EnsureSuccessStatusCode();
        var created = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return api.Node.Client(created.GetProperty("secret").GetString()!);
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        api.Node.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static IEnumerable<string> Methods(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(method => method is not "OPTIONS" and not "HEAD") ?? ["GET"];

    private static IEnumerable<string> Permissions(RouteEndpoint endpoint) =>
        Methods(endpoint).Select(method => StaffAccess.PermissionFor(endpoint.Metadata, method)).OfType<string>();

    private static string Describe(RouteEndpoint endpoint) => $"{string.Join(',', Methods(endpoint))} {PathOf(endpoint)}";

    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { ParameterPolicies: var policies }
                when policies.Any(policy => policy.Content == "guid") => "00000000-0000-0000-0000-000000000001",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { ParameterPolicies: var policies }
                when policies.Any(policy => policy.Content == "int") => "1",
            _ => "x",
        }))));

    private static bool IsOpen(string line)
    {
        var path = line[(line.IndexOf(' ') + 1)..];
        return Open.Any(open => open == "/" ? path == "/" : path == open || path.StartsWith(open.TrimEnd('/') + "/", StringComparison.Ordinal)
            || path.StartsWith(open + ".", StringComparison.Ordinal));
    }
}

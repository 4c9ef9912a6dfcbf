using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Tests.Chat;

internal static class SessionRequests
{
    /// <summary>Sends a request for a session with the tenant's site key and further fields.</summary>
    public static async Task<HttpResponseMessage> SessionAsync(this ApiNode node, TestTenant tenant, object? fields = null)
    {
        var body = JsonSerializer.SerializeToNode(fields ?? new { }, JsonSerializerOptions.Web)!.AsObject();
        body["siteKey"] = tenant.Created.SiteKey;
        using var client = node.Client();
        return await client.PostAsJsonAsync<JsonNode>("/api/widget/session", body);
    }

    /// <summary>Opens a session with further fields of the request.</summary>
    public static async Task<TestVisitor> OpenAsync(this ApiNode node, TestTenant tenant, object? fields = null)
    {
        var response = await node.SessionAsync(tenant, fields);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return new TestVisitor(node, (await response.Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json))!);
    }

    /// <summary>Changes some of the tenant's settings.</summary>
    public static async Task ConfigureAsync(this TestTenant tenant, object settings) =>
        (await tenant.Developer.PutAsJsonAsync("/api/settings", settings)).EnsureSuccessStatusCode();
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Tests.Tools;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Selling;

/// <summary>A tenant's prices, demos and tools as callers of the API see them.</summary>
internal static class SellingWorld
{
    public static async Task<PriceDetail> AddPriceAsync(
        this TestTenant tenant,
        string name,
        decimal? amount,
        string? description = null,
        string[]? tags = null,
        string? language = null)
    {
        var response = await tenant.Developer.PostAsJsonAsync(
            "/api/prices",
            new { name, amount, currency = amount is null ? null : "EUR", per = "month", description, tags, language });
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<PriceDetail>(TestTenant.Json))!;
    }

    public static async Task<DemoDetail> AddDemoAsync(this TestTenant tenant, string title, string showWhen, string description = "")
    {
        var response = await tenant.Developer.PostAsJsonAsync(
            "/api/knowledge/demos",
            new { kind = "video", url = "https://shop.example/demo.mp4", start = 12, end = 40, title, showWhen, description });
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        var demo = (await response.Content.ReadFromJsonAsync<DemoDetail>(TestTenant.Json))!;
        await Eventually.TrueAsync(
            async () => (await tenant.Developer.GetFromJsonAsync<DemoDetail>($"/api/knowledge/demos/{demo.Id}", TestTenant.Json))!
                .Status == EntryStatusName.Ready,
            "the demo is searchable");
        return demo;
    }

    public static async Task SwitchOnAsync(this TestTenant tenant, params string[] tools) =>
        (await tenant.Developer.PutAsJsonAsync("/api/settings", new { tools })).EnsureSuccessStatusCode();

    /// <summary>Calls a tool in a video session, as a model does.</summary>
    public static async Task<ToolResponse> CallToolAsync(
        this TestVisitor visitor,
        Guid session,
        string name,
        object arguments,
        string? callId = null)
    {
        var response = await visitor.Client.PostAsJsonAsync(
            "/api/tavus/tool",
            new { name, arguments, sessionId = session, toolCallId = callId ?? Guid.NewGuid().ToString() });
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<ToolResponse>(TestTenant.Json))!;
    }

    public static async Task<Guid> OpenCallAsync(this TestVisitor visitor, ApiFixture api, TestTenant tenant) =>
        (await VideoSessions.OpenAsync(api, tenant, visitor)).Id;

    public static string Error(this ToolResponse response)
    {
        response.Success.ShouldBeFalse(response.Result.GetRawText());
        return response.Result.GetProperty("error").GetString()!;
    }

    public static JsonElement Succeeded(this ToolResponse response)
    {
        response.Success.ShouldBeTrue(response.Result.GetRawText());
        return response.Result;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Widget.Api.Tests.Tools;
using Widget.Contracts;

namespace Widget.Api.Tests.OpenAI;

/// <summary>A node with a tenant that has knowledge and tools, and a client with the tenant's model key.</summary>
public abstract class CompletionsTest(ApiFixture api) : IAsyncLifetime
{
    protected const string Question = "How long does charging with the fast charger take?";

    private readonly TestTool _order = new("place_order", true, (_, _, _) => throw new InvalidOperationException("It has effects."));

    private protected TestTool Lookup { get; } = TestTool.Booking(hasEffects: false);

    protected ApiFixture Api => api;

    private protected ApiNode Node { get; private set; } = null!;

    private protected TestTenant Tenant { get; private set; } = null!;

    protected HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await api.Simulator.BehaveAsync();
        Node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat, services: services =>
        {
            Lookup.Register(services);
            _order.Register(services);
        });
        Tenant = await TestTenant.WithKnowledgeAsync(api, Node);
        await SetAsync(new { tools = new[] { "search_knowledge", "book_ride", "place_order" } });
        Client = Node.Client((await KeyAsync()).Key);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static object User(string content) => new { role = "user", content };

    protected static object Function(string name) =>
        new
        {
            type = "function",
            function = new { name, description = "Does it.", parameters = new { type = "object", properties = new { } } },
        };

    protected static IEnumerable<JsonElement> Deltas(JsonElement chunk) =>
        chunk.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("delta"));

    protected static string Text(JsonElement delta) => delta.TryGetProperty("content", out var content) ? content.GetString()! : "";

    protected static IEnumerable<string> Offered(JsonElement request) =>
        request.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!);

    protected async Task<(string Text, JsonElement End)> AskAsync(params object[] messages)
    {
        var events = await StreamAsync(new { model = "widget", stream = true, messages });
        return (string.Concat(events.SelectMany(Deltas).Select(Text)), events[^1]);
    }

    protected async Task<List<JsonElement>> StreamAsync(object request, bool done = true)
    {
        using var response = await SendAsync(request);
        response.StatusCode.ShouldBe(
            HttpStatusCode.OK,
            response.StatusCode == HttpStatusCode.OK ? null : await response.Content.ReadAsStringAsync());
        var events = await EventsAsync(response).ToListAsync();
        if (done) events[^1].ShouldBe("[DONE]");
        return [.. events.Where(entry => entry != "[DONE]").Select(entry => JsonDocument.Parse(entry).RootElement)];
    }

    protected Task<HttpResponseMessage> SendAsync(object request) => Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(request) },
        HttpCompletionOption.ResponseHeadersRead);

    protected static async IAsyncEnumerable<string> EventsAsync(HttpResponseMessage response)
    {
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        await foreach (var entry in parser.EnumerateAsync()) yield return entry.Data;
    }

    protected async Task<JsonElement> LastRequestAsync() => (await api.Simulator.RequestsAsync())[^1];

    /// <summary>Replaces the tenant by one without any knowledge.</summary>
    protected async Task UseTenantWithoutKnowledgeAsync()
    {
        Tenant = await TestTenant.CreateAsync(api, Node);
        Client = Node.Client((await KeyAsync()).Key);
    }

    protected async Task SetAsync(object settings) =>
        (await Tenant.Developer.PutAsJsonAsync("/api/settings", settings)).EnsureSuccessStatusCode();

    protected async Task<CreatedModelKey> KeyAsync()
    {
        var response = await Tenant.Developer.PostAsJsonAsync("/api/keys/model", new { name = "test" });
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<CreatedModelKey>(TestTenant.Json))!;
    }
}

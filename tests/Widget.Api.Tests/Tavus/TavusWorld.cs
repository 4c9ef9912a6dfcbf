using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Widget.Api.Operations;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>
/// A node with a database of its own, so that no other node takes the work that is due, a simulated Tavus of its own, whose key is the
/// platform's, too, and a site whose pages a test writes.
/// </summary>
public sealed class TavusWorld : IAsyncLifetime
{
    public const string PlatformKey = "platform-key";

    private WebApplication _site = null!;

    public TestDatabase Database { get; private set; } = null!;

    public Simulator Simulator { get; private set; } = null!;

    /// <summary>A node that has a key for tenants without one.</summary>
    public ApiNode Node { get; private set; } = null!;

    /// <summary>By path.</summary>
    public ConcurrentDictionary<string, string> Pages { get; } = new(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Simulator = await Simulator.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _site = builder.Build();
        _site.Urls.Add("http://127.0.0.1:0");
        _site.Run(async context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            if (Pages.TryGetValue(context.Request.Path, out var page)) await context.Response.WriteAsync(page);
            else context.Response.StatusCode = 404;
        });
        await _site.StartAsync();
        await AccountAsync(PlatformKey);
        Node = await ApiNode.StartAsync(
            Database,
            fetching: new FetchOptions
            {
                AllowedPrivateHosts = new HashSet<string> { new Uri(_site.Urls.Single()).Authority },
                HostDelay = TimeSpan.Zero,
            },
            tavusApi: Simulator.TavusApi with { Key = PlatformKey });
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await _site.DisposeAsync();
        await Simulator.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Puts a page on the site.</summary>
    /// <returns>Its address.</returns>
    public string Page(string title, string text)
    {
        var path = $"/{Guid.NewGuid():N}";
        Pages[path] = $"<html><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>";
        return _site.Urls.Single() + path;
    }

    public async Task AccountAsync(string key, object? terms = null) =>
        (await Simulator.Control.PutAsJsonAsync($"/control/tavus/accounts/{key}", terms ?? new { })).EnsureSuccessStatusCode();

    /// <summary>A tenant; with an account of its own unless it is to share the platform's.</summary>
    internal async Task<TavusTenant> TenantAsync(object? settings = null, bool shared = false, object? account = null)
    {
        var created = await new TenantAdministration(Database.OwnerSource).CreateAsync(
            $"t{Guid.NewGuid():N}",
            "Harbor Bikes",
            [TestTenant.Origin],
            CancellationToken.None);
        var tenant = new TestTenant(Node, created);
        var key = shared ? PlatformKey : $"tv-{Guid.NewGuid():N}";
        if (!shared)
        {
            await AccountAsync(key, account);
            await Node.Service<TenantSecrets>().SaveAsync(
                new TenantId(created.TenantId),
                TenantSecrets.TavusKey,
                key,
                CancellationToken.None);
        }

        if (settings is not null) (await tenant.Developer.PutAsJsonAsync("/api/settings", settings)).EnsureSuccessStatusCode();
        return new TavusTenant(this, tenant, key);
    }
}

/// <summary>A tenant, and its account at the simulated Tavus as seen with its key.</summary>
internal sealed class TavusTenant(TavusWorld world, TestTenant tenant, string key)
{
    public TestTenant Tenant => tenant;

    public HttpClient Developer => tenant.Developer;

    public TenantId Id => new(tenant.Created.TenantId);

    public string Key => key;

    /// <summary>Changes to another, empty account.</summary>
    public async Task MoveAsync()
    {
        key = $"tv-{Guid.NewGuid():N}";
        await world.AccountAsync(key);
        await world.Node.Service<TenantSecrets>().SaveAsync(Id, TenantSecrets.TavusKey, key, CancellationToken.None);
    }

    public Task FailAsync(string on, string mode = "status", int status = 500, int times = 1) =>
        world.Simulator.Control.PostAsJsonAsync("/control/tavus/faults", new { on, mode, status, times, account = key });

    /// <summary>Adds a document at Tavus, as in its portal, and waits until Tavus has processed it.</summary>
    public async Task<string> AddDocumentAsync(string url, string? name = null, params string[] tags)
    {
        var made = await SendAsync(HttpMethod.Post, "documents", new { document_url = url, document_name = name, tags });
        var id = made!["document_id"]!.GetValue<string>();
        await Eventually.TrueAsync(
            async () => (await SendAsync(HttpMethod.Get, $"documents/{id}"))!["status"]!.GetValue<string>() is "ready" or "error",
            "Tavus has the document");
        return id;
    }

    /// <summary>Everything of a kind that the account has.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string what) =>
        [
            .. (await SendAsync(HttpMethod.Get, $"{what}{(what.Contains('?') ? '&' : '?')}limit=100"))!["data"]!.AsArray()
                .Select(item => item!),
        ];

    public async Task<JsonNode> PersonaAsync(string id)
    {
        var answer = (await SendAsync(HttpMethod.Get, $"personas/{id}"))!;
        return answer["data"] is JsonArray list ? list[0]! : answer;
    }

    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/tavus/v2/{path}")
        {
            Headers = { { "x-api-key", key } },
            Content = body is null
                ? null
                : JsonContent.Create(
                    body,
                    options: new JsonSerializerOptions
                    {
                        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
                    }),
        };
        var response = await world.Simulator.Control.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async Task SetAsync(Action<JsonObject> change)
    {
        var settings = (await Developer.GetFromJsonAsync<JsonObject>("/api/settings"))!;
        change(settings);
        (await Developer.PutAsJsonAsync("/api/settings", settings)).EnsureSuccessStatusCode();
    }

    /// <summary>Asks for the mirror to be brought up to date, and waits until that has been done.</summary>
    public async Task<TavusKnowledgeState> SyncAsync()
    {
        var before = (await StateAsync()).SyncedAt;
        (await Developer.PostAsync("/api/tavus/knowledge/sync", null)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted);
        // A round that was under way already ends with another one due at once: the one that was asked for.
        return await UntilAsync(
            state => !state.Running
                && state.NextSyncAt > DateTimeOffset.UtcNow
                && (state.SyncedAt > before || (before is null && state.SyncedAt is not null)),
            "the mirror is up to date");
    }

    public async Task<TavusKnowledgeState> UntilAsync(Func<TavusKnowledgeState, bool> condition, string what)
    {
        TavusKnowledgeState? state = null;
        await Eventually.TrueAsync(async () => condition(state = await StateAsync()), what);
        return state!;
    }

    public async Task<TavusKnowledgeState> StateAsync() =>
        (await Developer.GetFromJsonAsync<TavusKnowledgeState>("/api/tavus/knowledge", TestTenant.Json))!;

    public async Task<SearchResponse> SearchAsync(string query, string? strategy = null)
    {
        SearchResponse? result = null;
        // On a busy machine the first search alone may take longer than a visitor would wait for it.
        await Eventually.TrueAsync(
            async () =>
            {
                var response = await Developer.PostAsJsonAsync("/api/search", new { query, strategy });
                response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
                result = await response.Content.ReadFromJsonAsync<SearchResponse>(TestTenant.Json);
                return result!.Trace.Steps.All(step => step.Outcome != "timedout");
            },
            "the search is in time");
        return result!;
    }
}

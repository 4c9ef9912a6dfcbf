using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;
using Widget.Platform.Outbound;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>An account of a test's own at the simulated Tavus, with the client that talks to it.</summary>
internal sealed class TavusTestAccount : IAsyncDisposable
{
    // A thousand requests at once may take a slow machine a while.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private static readonly TavusLimits Limits = new()
    {
        ReadTimeout = Timeout,
        ChangeTimeout = Timeout,
    };

    private readonly Simulator _simulator;
    private readonly HttpClient _control;
    private readonly HttpClient _api = new();

    private TavusTestAccount(Simulator simulator)
    {
        _simulator = simulator;
        _control = new HttpClient { BaseAddress = new Uri(simulator.Address, "/control/tavus/") };
        Client = new TavusClient(
            new TavusApiOptions { Endpoint = new Uri(simulator.Address, "/tavus") },
            TestOutbound.ClientsFor(new FetchOptions(), (TavusTransport.Client, Timeout)),
            new CircuitBreakerRegistry(TimeProvider.System),
            TimeProvider.System,
            NullLogger<TavusClient>.Instance,
            Limits);
    }

    public TavusAccount Account { get; } = new($"key-{Guid.NewGuid():N}", BelongsToTenant: true);

    public TavusClient Client { get; }

    /// <param name="simulator">The simulated outside.</param>
    /// <param name="terms">slots, credits, family, drafts …</param>
    /// <param name="behavior">How Tavus goes about calls, until this is disposed of.</param>
    public static async Task<TavusTestAccount> CreateAsync(Simulator simulator, object? terms = null, object? behavior = null)
    {
        var account = new TavusTestAccount(simulator);
        await simulator.BehaveAsync(terms, $"tavus/accounts/{account.Account.Key}");
        await simulator.BehaveAsync(behavior, "tavus/behavior");
        return account;
    }

    /// <summary>Sends a request to Tavus's API, for endpoints that the client does not use.</summary>
    public async Task<JsonElement> CallApiAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_simulator.Address, $"/tavus/v2/{path}"));
        request.Headers.Add("x-api-key", Account.Key);
        if (body is not null) request.Content = JsonContent.Create(body, options: TavusJson.Requests);
        using var response = await _api.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new HttpRequestException(text, inner: null, response.StatusCode);
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public Task<TavusConversation> OpenAsync(CreateConversation? request = null) =>
        Client.CreateConversationAsync(Account, request ?? new CreateConversation { PersonaId = StockPersona }, CancellationToken.None);

    /// <summary>A persona that every account has.</summary>
    public const string StockPersona = "p5d11710002a";

    /// <summary>Something goes wrong with this account's requests.</summary>
    public Task FailAsync(string on, string mode = "status", int status = 500, int times = 1) =>
        PostAsync("faults", new { on, mode, status, times, account = Account.Key });

    public async Task<JsonElement> GetAsync(string path) => await _control.GetFromJsonAsync<JsonElement>(path);

    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var response = await _control.PostAsJsonAsync(path, body ?? new { });
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>All its calls as the simulator sees them.</summary>
    public async Task<IReadOnlyList<JsonElement>> CallsAsync() =>
        [.. (await GetAsync($"conversations?account={Account.Key}")).EnumerateArray()];

    public async Task<JsonElement> CallAsync(string id) => await GetAsync($"conversations/{id}");

    public Task<bool> IsEndedAsync(string id) => Task.Run(async () => (await CallAsync(id)).GetProperty("status").GetString() == "ended");

    public async ValueTask DisposeAsync()
    {
        await _control.DeleteAsync("faults");
        await _simulator.BehaveAsync(null, "tavus/behavior");
        _control.Dispose();
        _api.Dispose();
    }
}

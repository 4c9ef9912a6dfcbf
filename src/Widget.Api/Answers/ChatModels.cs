using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Widget.Api.Models;
using Widget.Platform.Outbound;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>
/// Finds the language model that writes a tenant's answers: its own, or else the installation's. Each model has its own circuit breaker, so
/// a tenant's broken model affects no other tenant.
/// </summary>
public sealed class ChatModels : IDisposable
{
    private const int MaxOwnModels = 10_000;

    private readonly ModelAccounts _accounts;
    private readonly ChatModelOptions _options;
    private readonly IHttpClientFactory _http;
    private readonly TimeProvider _clock;
    private readonly TenantModelTracing _tracing;
    private readonly ConcurrentDictionary<TenantId, ConnectedModel> _own = [];

    /// <param name="kernel">Has the installation's chat client among its services.</param>
    /// <param name="status">How the installation's model has performed.</param>
    /// <param name="accounts">Tenants' own models.</param>
    /// <param name="options">The installation's settings. Their time limits also apply to tenants' models.</param>
    /// <param name="http">Creates the HTTP clients.</param>
    /// <param name="clock">Tells the time.</param>
    public ChatModels(
        Kernel kernel,
        ModelStatus status,
        ModelAccounts accounts,
        ChatModelOptions options,
        IHttpClientFactory http,
        TimeProvider clock)
    {
        (_accounts, _options, _http, _clock, _tracing) = (accounts, options, http, clock, new TenantModelTracing());
        if (kernel.Services.GetService<IChatClient>() is { } client) Installation = new ChatModel(client, status, BelongsToTenant: false);
    }

    /// <summary>The installation's model. Null when none is configured.</summary>
    public ChatModel? Installation { get; }

    /// <summary>Number of tenants' own models that are not called for now.</summary>
    internal int PausedOwnCount => _own.Values.Count(connected => connected.Model.Status.IsPaused);

    /// <summary>
    /// The model that writes a tenant's answers. Null when there is none, or when the tenant's own key can no longer be decrypted; answers
    /// quote their sources then. The installation's model, which somebody else pays for, does not replace a tenant's own one.
    /// </summary>
    public async ValueTask<ChatModel?> FindAsync(TenantId tenant, CancellationToken ct)
    {
        if (await _accounts.FindAsync(tenant, ModelPurpose.Chat, ct) is not { } stored)
        {
            _own.TryRemove(tenant, out _);
            return Installation;
        }

        return stored.Account is { } account ? Connect(tenant, stored, account) : null;
    }

    /// <summary>The tenant's own model as it is connected on this node; null if it has not been used here since it was saved.</summary>
    internal ChatModel? FindConnected(TenantId tenant, OwnModel stored) =>
        _own.TryGetValue(tenant, out var connected) && connected.IsSame(stored) ? connected.Model : null;

    /// <summary>A client for a test of a tenant's model: metered, but without deadline and circuit breaker.</summary>
    internal IChatClient CreateForTest(ModelAccount account) =>
        new MeteredChatClient(OpenAIModel.Create(_options.For(account), TenantHttp()), account.Model);

    public void Dispose() => _tracing.Dispose();

    private ChatModel Connect(TenantId tenant, OwnModel stored, ModelAccount account)
    {
        if (FindConnected(tenant, stored) is { } known) return known;
        if (_own.Count >= MaxOwnModels) _own.Clear();
        var status = new ModelStatus(_clock);
        var client = OpenAIModel.ForTenant(_options.For(account), TenantHttp(), _tracing, status, _clock);
        var connected = new ConnectedModel(stored, new ChatModel(client, status, BelongsToTenant: true));
        return _own.AddOrUpdate(tenant, connected, (_, other) => other.IsSame(stored) ? other : connected).Model;
    }

    private HttpClient TenantHttp() => _http.ForEndpoint(isTenantChosen: true);

    private sealed record ConnectedModel(OwnModel Stored, ChatModel Model)
    {
        // Saving a model again ends a pause, because its owner may have repaired it.
        public bool IsSame(OwnModel other) => Stored.Name == other.Name && Stored.UpdatedAt == other.UpdatedAt;
    }
}

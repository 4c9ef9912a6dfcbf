using System.Text.Json;
using Widget.Api.Configuration;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.LiveKit;

/// <summary>The installation's LiveKit server (WIDGET_LIVEKIT_…).</summary>
public sealed record LiveKitOptions
{
    /// <summary>The server: ws, wss, http or https. Null for none.</summary>
    public Uri? Address { get; init; }

    public string? Key { get; init; }

    public string? Secret { get; init; }

    /// <summary>The name under which the avatar's agent is registered; null for <see cref="DefaultAgent"/>.</summary>
    public string? Agent { get; init; }

    public const string DefaultAgent = "widget-avatar";

    internal static LiveKitOptions Read(Variables variables)
    {
        var options = new LiveKitOptions
        {
            Address = ParseAddress(variables.Text("WIDGET_LIVEKIT_URL")),
            Key = variables.Text("WIDGET_LIVEKIT_KEY"),
            Secret = variables.Text("WIDGET_LIVEKIT_SECRET"),
            Agent = variables.Text("WIDGET_LIVEKIT_AGENT"),
        };
        if (variables.Text("WIDGET_LIVEKIT_URL") is { } text && options.Address is null)
            variables.Errors.Add($"WIDGET_LIVEKIT_URL is \"{text}\", which is not an address such as wss://acme.livekit.cloud.");
        if (options is { Address: not null, Key: null } or { Address: not null, Secret: null })
            variables.Errors.Add("WIDGET_LIVEKIT_KEY and WIDGET_LIVEKIT_SECRET are not both set. They belong to WIDGET_LIVEKIT_URL.");
        return options;
    }

    /// <summary>Reads a server's address. Null if it is none.</summary>
    internal static Uri? ParseAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is "ws" or "wss" or "http" or "https"
        && address is { Query: "", Fragment: "", UserInfo: "" }
            ? address
            : null;
}

/// <summary>A LiveKit server with a key.</summary>
/// <param name="Address">The server.</param>
/// <param name="Key">Its public part.</param>
/// <param name="Secret">Must not reach a browser or a log.</param>
/// <param name="Agent">The name of the avatar's agent.</param>
/// <param name="IsAgentNamed">Whether the tenant or the operator has chosen the agent's name, so there probably is one.</param>
/// <param name="BelongsToTenant">Whether the tenant chose the server. Only public addresses are allowed then.</param>
internal sealed record LiveKitAccount(Uri Address, string Key, string Secret, string Agent, bool IsAgentNamed, bool BelongsToTenant)
{
    /// <summary>For pages.</summary>
    public string SocketUrl => WithScheme(Address.Scheme is "https" or "wss" ? "wss" : "ws");

    /// <summary>For requests of this server.</summary>
    public Uri Api => new(WithScheme(Address.Scheme is "https" or "wss" ? "https" : "http"));

    /// <summary>Omits the secret, which a record's default text would contain.</summary>
    public override string ToString() => $"LiveKit at {Address.Host}";

    private string WithScheme(string scheme)
    {
        var port = Address.IsDefaultPort ? -1 : Address.Port;
        return new UriBuilder(Address) { Scheme = scheme, Port = port }.Uri.AbsoluteUri.TrimEnd('/');
    }
}

/// <summary>Finds a tenant's LiveKit server: its own, otherwise the installation's.</summary>
internal sealed class LiveKitAccounts(TenantSecrets secrets, LiveKitOptions options)
{
    /// <summary>The secret with a tenant's own account, as JSON.</summary>
    public const string Secret = "livekit_account";

    /// <summary>Returns the account. Null if there is none, or if the tenant's own can't be decrypted.</summary>
    public async Task<LiveKitAccount?> OfAsync(TenantId tenant, CancellationToken ct)
    {
        var (exists, stored) = await secrets.LookUpAsync(tenant, Secret, ct);
        if (exists)
        {
            return stored is null || JsonSerializer.Deserialize<StoredAccount>(stored, JsonSerializerOptions.Web) is not { } own
                ? null
                : Of(new Uri(own.Url), own.Key, own.Secret, own.Agent ?? options.Agent, belongsToTenant: true);
        }

        return options is { Address: { } address, Key: { } key, Secret: { } secret }
            ? Of(address, key, secret, options.Agent, belongsToTenant: false)
            : null;
    }

    private static LiveKitAccount Of(Uri address, string key, string secret, string? agent, bool belongsToTenant) =>
        new(address, key, secret, agent ?? LiveKitOptions.DefaultAgent, agent is not null, belongsToTenant);

    public Task SaveAsync(TenantId tenant, StoredAccount account, CancellationToken ct) =>
        secrets.SaveAsync(tenant, Secret, JsonSerializer.Serialize(account, JsonSerializerOptions.Web), ct);

    public Task<bool> RemoveAsync(TenantId tenant, CancellationToken ct) => secrets.RemoveAsync(tenant, Secret, ct);

    /// <summary>A tenant's own account, as it is stored.</summary>
    internal sealed record StoredAccount(string Url, string Key, string Secret, string? Agent);
}

/// <summary>The names of rooms at LiveKit. Tenants share a server, so the name begins with the tenant.</summary>
internal static class LiveKitRoomName
{
    private const int TenantLength = 32;

    public static string Of(TenantId tenant, string room) => $"{tenant.Value:N}_{room}";

    /// <summary>Returns the tenant and the room. Null if the room is not one of ours.</summary>
    public static (TenantId Tenant, string Room)? Read(string? name) =>
        name is { Length: > TenantLength + 1 }
        && name[TenantLength] == '_'
        && Guid.TryParseExact(name[..TenantLength], "N", out var tenant)
            ? (new TenantId(tenant), name[(TenantLength + 1)..])
            : null;
}

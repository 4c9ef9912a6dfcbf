using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>Why a delivered call did not reach a tool.</summary>
public enum DeliveryRefusal
{
    None,

    /// <summary>The token in the address belongs to no tool.</summary>
    NoSuchTool,

    BadSignature,

    BadBody,

    /// <summary>The tenant has no such conversation.</summary>
    NoSuchConversation,

    ConversationEnded,
}

/// <summary>The result of a delivered call.</summary>
/// <param name="Refusal">Why no tool was called.</param>
/// <param name="Message">The refusal's message.</param>
/// <param name="Outcome">The tool's result; null when no tool was called.</param>
public sealed record DeliveryResult(DeliveryRefusal Refusal, string Message, ToolResult? Outcome)
{
    internal static DeliveryResult Refused(DeliveryRefusal refusal, string message) => new(refusal, message, null);
}

/// <summary>
/// Receives the tool calls that Tavus sends to this server. A token in the address names the tenant and the tool. The body is signed with
/// the tenant's secret: HMAC-SHA256 over its raw bytes, in hex, in <c>X-Tavus-Signature</c>. The signature has no timestamp. Replays are
/// harmless because a call runs once, and only while its conversation is open.
/// </summary>
public sealed class ToolCallReceiver(
    NpgsqlDataSource dataSource,
    IMultiTenantStore tenants,
    IMultiTenantContextAccessor caller,
    TenantSettingsService settings,
    DeliverySecrets secrets,
    ToolCallSessions sessions,
    ToolRunner runner)
{
    private const int MaxIdLength = 200;

    /// <param name="token">The token in the address.</param>
    /// <param name="signature">The header; null when it is missing.</param>
    /// <param name="body">The raw body.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<DeliveryResult> ReceiveAsync(string token, string? signature, byte[] body, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is not var (tenantId, tool)
            || !caller.Admits(tenantId)
            || await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenantId, ct) is not { } tenant)
            return DeliveryResult.Refused(DeliveryRefusal.NoSuchTool, "There is no such tool.");
        if (await secrets.ReadAsync(tenantId, ct) is not { } secret || !IsSigned(body, signature, secret))
            return DeliveryResult.Refused(DeliveryRefusal.BadSignature, "The signature is missing or does not match the body.");
        if (Call.Parse(body) is not { } call)
            return DeliveryResult.Refused(DeliveryRefusal.BadBody, "The body must be a JSON object with conversation_id and arguments.");
        if (await sessions.FindAsync(tenantId, call.Conversation, ct) is not { } session)
            return DeliveryResult.Refused(DeliveryRefusal.NoSuchConversation, "There is no such conversation.");
        if (!session.IsActive) return DeliveryResult.Refused(DeliveryRefusal.ConversationEnded, "This conversation has ended.");
        var context = new ToolContext
        {
            Tenant = tenant,
            Settings = await settings.ReadAsync(tenantId, ct),
            CallId = $"{session.Id}:{call.Id ?? Convert.ToHexStringLower(SHA256.HashData(body))}",
            Channel = ToolChannels.Video,
            Conversation = session.Conversation,
            Visitor = session.Visitor,
            Locale = session.Locale,
        };
        return new DeliveryResult(DeliveryRefusal.None, "", await runner.RunAsync(context, tool, call.Arguments, ct));
    }

    private async Task<(TenantId Tenant, string Tool)?> FindAsync(string token, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, name from tavus_tool_by_token($1)");
        command.Parameters.Add(new() { Value = DeliverySecrets.HashOf(token) });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (new TenantId(row.GetGuid(0)), row.GetString(1)) : null;
    }

    // Public examples for Tavus's webhooks expect only the hex digits. A scheme before them, as other services send it, is also accepted.
    private static bool IsSigned(byte[] body, string? signature, string secret)
    {
        const string Scheme = "sha256=";
        var hex = signature?.Trim() ?? "";
        if (hex.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) hex = hex[Scheme.Length..];
        var given = new byte[HMACSHA256.HashSizeInBytes];
        if (hex.Length != given.Length * 2 || Convert.FromHexString(hex, given, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        return CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
    }

    // For this way of delivery, Tavus documents the conversation's id but not the call's id.
    private sealed record Call(string Conversation, string? Id, JsonElement Arguments)
    {
        public static Call? Parse(byte[] body)
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                var root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object
                    || Text(root, "conversation_id") is not { } conversation
                    || !root.TryGetProperty("arguments", out var arguments))
                    return null;
                return new Call(conversation, Text(root, "tool_call_id"), arguments.Clone());
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return null;
            }
        }

        private static string? Text(JsonElement root, string field) =>
            root.TryGetProperty(field, out var found)
                && found.ValueKind == JsonValueKind.String
                && found.GetString() is { Length: > 0 and <= MaxIdLength } text
            && !text.Contains('\0', StringComparison.Ordinal)
                ? text
                : null;
    }
}

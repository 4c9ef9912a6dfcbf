using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Widget.Api.Tavus.Client;
using Widget.Api.Tools;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>What a tool looks like at Tavus.</summary>
/// <param name="Name">Ours.</param>
/// <param name="Definition">As it is sent.</param>
/// <param name="Digest">Of everything in it, its secret included: two that differ must be registered anew.</param>
/// <param name="TokenHash">Of the address that it is delivered to; null when a browser delivers.</param>
public sealed record ToolRegistration(string Name, ToolDefinition Definition, string Digest, byte[]? TokenHash)
{
    // A search ends within ours; Tavus should not be the first to give up.
    private static readonly int DeliverySeconds = (int)ToolTimeLimit.Deadline.TotalSeconds + 5;

    /// <param name="tool">Which.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="server">This installation as Tavus reaches it and the tenant's secret; null when a browser delivers.</param>
    public static ToolRegistration Of(Tool tool, TenantId tenant, (Uri Address, string Secret)? server)
    {
        var token = server is { } reached ? DeliverySecrets.Token(reached.Secret, tenant, tool.Name) : null;
        var definition = new ToolDefinition
        {
            Name = ToolRegistry.Prefix(tenant) + tool.Name,
            Description = tool.Description.Trim(),
            Parameters = tool.Parameters,
            Origin = "llm",
            TriggerType = "in_call",
            // Words that fit the question and its language; a fixed sentence would have one language.
            OnCall = "generate_filler",
            OnResolve = "generate_response",
            Delivery = server is { } api
                ? new ToolDelivery
                {
                    Api = new ToolApi
                    {
                        Url = $"{api.Address.AbsoluteUri.TrimEnd('/')}/api/tavus/tool/{token}",
                        Method = "POST",
                        Timeout = DeliverySeconds,
                        Auth = ToolAuth.Hmac(api.Secret),
                    },
                }
                : ToolDelivery.Room,
        };
        return new ToolRegistration(
            tool.Name,
            definition,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(definition)))),
            token is null ? null : DeliverySecrets.HashOf(token));
    }

    /// <summary>Whether a tool that is there is delivered as this one is. Tavus takes one way or the other, so a change of way is a new tool.</summary>
    public bool IsDeliveredAs(TavusTool tool)
    {
        var toServer = tool.Delivery.ValueKind == JsonValueKind.Object && tool.Delivery.TryGetProperty("api", out var api) && api.ValueKind == JsonValueKind.Object;
        return toServer == Definition.Delivery!.Api is not null;
    }
}

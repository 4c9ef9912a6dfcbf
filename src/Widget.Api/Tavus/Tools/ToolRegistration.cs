using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Widget.Api.Tavus.Client;
using Widget.Api.Tools;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>A tool as it is registered at Tavus.</summary>
/// <param name="Name">Our name of the tool.</param>
/// <param name="Definition">What is sent to Tavus.</param>
/// <param name="Digest">Digest of the definition with its secret. When it changes, the tool must be registered again.</param>
/// <param name="TokenHash">Hash of the token in its delivery address; null when calls go through the visitor's page.</param>
public sealed record ToolRegistration(string Name, ToolDefinition Definition, string Digest, byte[]? TokenHash)
{
    // Longer than our own deadline, so that Tavus does not give up before a tool has answered.
    private static readonly int DeliverySeconds = (int)ToolTimeLimit.Deadline.TotalSeconds + 5;

    /// <param name="tool">The tool.</param>
    /// <param name="tenant">The tool's tenant.</param>
    /// <param name="server">The public address and the tenant's secret; null when calls go through the visitor's page.</param>
    public static ToolRegistration Of(Tool tool, TenantId tenant, (Uri Address, string Secret)? server)
    {
        var token = server is { } receiver ? DeliverySecrets.Token(receiver.Secret, tenant, tool.Name) : null;
        var definition = new ToolDefinition
        {
            Name = ToolRegistry.Prefix(tenant) + tool.Name,
            Description = tool.Description.Trim(),
            Parameters = tool.Parameters,
            Origin = "llm",
            TriggerType = "in_call",
            // A generated filler fits the question and its language. A fixed sentence would have only one language.
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

    /// <summary>
    /// Whether a tool at Tavus is delivered in the same way as this one.
    /// </summary>
    public bool IsDeliveredAs(TavusTool tool)
    {
        var toServer = tool.Delivery.ValueKind == JsonValueKind.Object
            && tool.Delivery.TryGetProperty("api", out var api)
            && api.ValueKind == JsonValueKind.Object;
        return toServer == Definition.Delivery!.Api is not null;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Api.Tavus.Client;

/// <summary>A function that the avatar may call, or a change of one, where null leaves a field unchanged.</summary>
public sealed record ToolDefinition
{
    /// <summary>A letter or underscore, then at most 63 letters, digits and underscores. Unique in the account.</summary>
    public string? Name { get; init; }

    /// <summary>When to call the tool. Together with <see cref="Parameters"/> at most about 10,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>A JSON Schema of an object. Names that begin with tavus_ are reserved for Tavus.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>llm, vision or audio; left out for post_call.</summary>
    public string? Origin { get; init; }

    /// <summary>in_call or post_call.</summary>
    public string? TriggerType { get; init; }

    /// <summary>generate_filler (default), static_filler, silent or passthrough.</summary>
    public string? OnCall { get; init; }

    /// <summary>What the avatar says while the tool runs, for static_filler.</summary>
    public string? StaticFiller { get; init; }

    /// <summary>fire_and_forget (default), generate_response, response_in_result or add_to_context.</summary>
    public string? OnResolve { get; init; }

    public ToolDelivery? Delivery { get; init; }
}

/// <summary>How Tavus delivers calls of a tool. Exactly one of the properties is set.</summary>
public sealed record ToolDelivery
{
    /// <summary>As a message in the room.</summary>
    public static readonly ToolDelivery Room = new() { AppMessage = true };

    public bool? AppMessage { get; init; }

    /// <summary>As an HTTPS request.</summary>
    public ToolApi? Api { get; init; }
}

/// <summary>The server that runs a tool.</summary>
public sealed record ToolApi
{
    /// <summary>A public https URL. <c>{placeholders}</c> may occur only after the host.</summary>
    public required string Url { get; init; }

    public string? Method { get; init; }

    /// <summary>Seconds.</summary>
    public int? Timeout { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public IReadOnlyDictionary<string, string>? QueryParams { get; init; }

    public JsonNode? BodyTemplate { get; init; }

    public string? ContentType { get; init; }

    public ToolAuth? Auth { get; init; }
}

/// <summary>How Tavus authenticates to the server. Responses have masked secrets; never send a masked value back.</summary>
public sealed record ToolAuth
{
    /// <summary>none, bearer, api_key, basic, oauth2_client_credentials or hmac.</summary>
    public required string Type { get; init; }

    /// <summary>bearer.</summary>
    public string? Token { get; init; }

    /// <summary>api_key: header or query.</summary>
    public string? Location { get; init; }

    /// <summary>api_key.</summary>
    public string? Name { get; init; }

    /// <summary>api_key.</summary>
    public string? Value { get; init; }

    /// <summary>basic.</summary>
    public string? Username { get; init; }

    /// <summary>basic.</summary>
    public string? Password { get; init; }

    /// <summary>oauth2_client_credentials.</summary>
    public string? TokenUrl { get; init; }

    /// <summary>oauth2_client_credentials.</summary>
    public string? ClientId { get; init; }

    /// <summary>oauth2_client_credentials.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>oauth2_client_credentials.</summary>
    public string? Scope { get; init; }

    /// <summary>hmac.</summary>
    public string? Secret { get; init; }

    /// <summary>Signs each request's body: <c>X-Tavus-Signature</c>, HMAC-SHA256 in hex.</summary>
    public static ToolAuth Hmac(string secret) => new() { Type = "hmac", Secret = secret };

    /// <summary>Only the kind, because a record's default text would contain the secrets.</summary>
    public override string ToString() => $"auth {Type}";
}

/// <summary>A tool in a response of Tavus.</summary>
public sealed record TavusTool
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Undefined when the tool has no parameters.</summary>
    public JsonElement Parameters { get; init; }

    public string? Origin { get; init; }

    public string? TriggerType { get; init; }

    public string? OnCall { get; init; }

    public string? StaticFiller { get; init; }

    public string? OnResolve { get; init; }

    /// <summary>In the format of <see cref="ToolDelivery"/>, with masked secrets.</summary>
    public JsonElement Delivery { get; init; }

    /// <summary>Whether the tool is one of Tavus's own, such as end_call.</summary>
    public bool IsSystemTool { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    internal static TavusTool Read(TavusObject answer) => new()
    {
        Id = answer.Id("tool_id"),
        Name = answer.Text("name"),
        Description = answer.Text("description"),
        Parameters = answer.Object("parameters") ?? default,
        Origin = answer.Text("origin"),
        TriggerType = answer.Text("trigger_type"),
        OnCall = answer.Text("on_call"),
        StaticFiller = answer.Text("static_filler"),
        OnResolve = answer.Text("on_resolve"),
        Delivery = answer.Object("delivery") ?? default,
        IsSystemTool = answer.Flag("is_system_tool") ?? false,
        CreatedAt = answer.Time("created_at"),
        UpdatedAt = answer.Time("updated_at"),
    };
}

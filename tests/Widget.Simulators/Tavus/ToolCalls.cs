using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>A tool call of the avatar and its result.</summary>
public sealed record ToolCall(string? Id, string Name, string Arguments, string Delivery)
{
    /// <summary>The HTTP status of a call over HTTP; null when there was no response, or the call went through the room.</summary>
    public int? Status { get; init; }

    /// <summary>The result: the response body, or the output of the conversation.tool_result.</summary>
    public string? Response { get; init; }
}

/// <summary>Delivers tool calls.</summary>
internal static class ToolCalls
{
    public static IReadOnlyList<JsonObject> AttachedTo(SimulatedAccount account, SimulatedConversation conversation)
    {
        if (conversation.PersonaId is not { } persona || !account.Attached.TryGetValue(persona, out var ids)) return [];
        lock (ids) return [.. ids.Select(account.Tools.Find).OfType<JsonObject>()];
    }

    /// <summary>Calls an attached or inline tool in the way that its definition asks for. Null when the persona has no such tool.</summary>
    /// <param name="tavus">The simulation.</param>
    /// <param name="account">The persona's account.</param>
    /// <param name="conversation">The call.</param>
    /// <param name="name">The tool's name.</param>
    /// <param name="arguments">JSON, or whatever a model wrote.</param>
    /// <param name="id">The tool call's id; null for a new one.</param>
    /// <param name="signature">A signature to send instead of the right one.</param>
    public static async Task<ToolCall?> CallAsync(
        SimulatedTavus tavus,
        SimulatedAccount account,
        SimulatedConversation conversation,
        string name,
        string arguments,
        string? id,
        string? signature)
    {
        id ??= $"call_{Guid.NewGuid():N}"[..20];
        if (AttachedTo(account, conversation).FirstOrDefault(tool => tool["name"]!.GetValue<string>() == name) is { } tool)
        {
            if (tool["delivery"]?["api"] is null) return ThroughRoom(conversation, name, arguments, id);
            var call = await OverHttpAsync(tavus, conversation, tool, arguments, id, signature);
            conversation.Turns.Resolve(tool, call.Response, call.Status is >= 200 and < 300);
            return call;
        }

        var persona = conversation.PersonaId is { } personaId ? account.Personas.Find(personaId) : null;
        var inline = persona?["layers"]?["llm"]?["tools"] as JsonArray ?? [];
        // Inline tools use the old protocol, without ids.
        return inline.Any(entry => entry?["function"]?["name"]?.GetValue<string>() == name)
            ? ThroughRoom(conversation, name, arguments, id: null)
            : null;
    }

    public static async Task<ToolCall> OverHttpAsync(
        SimulatedTavus tavus, SimulatedConversation conversation, JsonObject tool, string arguments, string id, string? signature)
    {
        var name = tool["name"]!.GetValue<string>();
        var api = tool["delivery"]!["api"]!.AsObject();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(api["timeout"]?.GetValue<int>() ?? 10));
        var call = new ToolCall(id, name, arguments, "api");
        try
        {
            // A rejected token is fetched again, once.
            for (var attempt = 0; attempt < 2; attempt++)
            {
                using var request = Request(conversation, api, name, arguments, id, signature);
                var isOAuth = api["auth"]?["type"]?.GetValue<string>() == "oauth2_client_credentials";
                if (isOAuth)
                    request.Headers.Authorization = new AuthenticationHeaderValue(
                        "Bearer",
                        await TokenAsync(tavus, api["auth"]!.AsObject(), timeout.Token));
                using var response = await tavus.Out.SendAsync(request, timeout.Token);
                call = call with { Status = (int)response.StatusCode, Response = await response.Content.ReadAsStringAsync(timeout.Token) };
                if (!isOAuth || call.Status != 401) break;
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            call = call with { Response = e.GetType().Name };
        }

        conversation.Turns.ToolCalls.Enqueue(call);
        return call;
    }

    // RFC 6749, section 4.4.
    private static async Task<string> TokenAsync(SimulatedTavus tavus, JsonObject auth, CancellationToken ct)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = auth["client_id"]!.GetValue<string>(),
            ["client_secret"] = auth["client_secret"]!.GetValue<string>(),
        };
        if (auth["scope"] is { } scope) form["scope"] = scope.GetValue<string>();
        using var content = new FormUrlEncodedContent(form);
        using var response = await tavus.Out.PostAsync(auth["token_url"]!.GetValue<string>(), content, ct);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(ct))?["access_token"]?.GetValue<string>()
            ?? throw new HttpRequestException("no token");
    }

    private static ToolCall ThroughRoom(SimulatedConversation conversation, string name, string arguments, string? id)
    {
        var properties = new JsonObject { ["name"] = name, ["arguments"] = arguments };
        if (id is not null) properties["tool_call_id"] = id;
        var call = new ToolCall(id, name, arguments, "app_message");
        conversation.Turns.ToolCalls.Enqueue(call);
        conversation.Send("conversation.tool_call", properties, Guid.NewGuid().ToString());
        return call;
    }

    private static HttpRequestMessage Request(
        SimulatedConversation conversation,
        JsonObject api,
        string name,
        string arguments,
        string id,
        string? signature)
    {
        var values = Values(conversation, arguments);
        var auth = api["auth"] as JsonObject;
        var type = auth?["type"]?.GetValue<string>() ?? "none";
        var url = new StringBuilder(Render(api["url"]!.GetValue<string>(), values, Uri.EscapeDataString));
        var query = (api["query_params"] as JsonObject ?? []).Select(
            pair => (pair.Key, Value: Render(pair.Value!.GetValue<string>(), values, value => value))).ToList();
        if (type == "api_key" && auth!["location"]?.GetValue<string>() == "query")
            query.Add((auth["name"]!.GetValue<string>(), auth["value"]!.GetValue<string>()));
        foreach (var (key, value) in query)
            url.Append(url.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?')
                .Append(Uri.EscapeDataString(key))
                .Append('=')
                .Append(Uri.EscapeDataString(value));

        var method = new HttpMethod(api["method"]?.GetValue<string>() ?? "POST");
        var request = new HttpRequestMessage(method, url.ToString());
        foreach (var (header, value) in api["headers"] as JsonObject ?? [])
            request.Headers.TryAddWithoutValidation(header, value!.GetValue<string>());
        var body = type == "hmac"
            ? new JsonObject
            {
                ["conversation_id"] = conversation.Id,
                ["tool_call_id"] = id,
                ["name"] = name,
                ["arguments"] = arguments,
            }.ToJsonString()
            : api["body_template"] is { } template
                ? Render(template.ToJsonString(), values, value => JsonEncodedText.Encode(value).ToString())
                : arguments;
        if (method != HttpMethod.Get)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue(api["content_type"]?.GetValue<string>() ?? "application/json") },
            };
        switch (type)
        {
            case "bearer":
                request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                auth!["token"]!.GetValue<string>()); break;
            case "basic":
                var pair = Encoding.UTF8.GetBytes($"{auth!["username"]!.GetValue<string>()}:{auth["password"]!.GetValue<string>()}");
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
                break;
            case "api_key" when auth!["location"]?.GetValue<string>() is null or "header":
                request.Headers.TryAddWithoutValidation(
                auth["name"]!.GetValue<string>(),
                auth["value"]!.GetValue<string>()); break;
            case "hmac":
                var key = Encoding.UTF8.GetBytes(auth!["secret"]!.GetValue<string>());
                request.Headers.TryAddWithoutValidation(
                    "X-Tavus-Signature",
                    signature ?? Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(body))));
                break;
        }

        return request;
    }

    private static Dictionary<string, string> Values(SimulatedConversation conversation, string arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["tavus_conversation_id"] = conversation.Id };
        try
        {
            foreach (var (name, value) in JsonNode.Parse(arguments) as JsonObject ?? []) values[name] = value?.ToString() ?? "";
        }
        catch (JsonException)
        {
            // The model wrote invalid JSON, so there is nothing to fill in.
        }

        return values;
    }

    private static string Render(string template, Dictionary<string, string> values, Func<string, string> encode)
    {
        foreach (var (name, value) in values) template = template.Replace($"{{{name}}}", encode(value), StringComparison.Ordinal);
        return template;
    }
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>A model's answer.</summary>
internal sealed record ModelAnswer(string Text, string? ToolName = null, string? ToolArguments = null, string? ToolCallId = null);

/// <summary>
/// A persona's own language model, called in the OpenAI format with streaming. While the visitor is still speaking, it is called repeatedly
/// with the words so far. All answers except the last are discarded.
/// </summary>
internal sealed class CustomModel
{
    private readonly SimulatedTavus _tavus;
    private readonly SimulatedConversation _conversation;
    private readonly JsonObject _layer;
    private readonly string _system;

    private CustomModel(SimulatedTavus tavus, SimulatedConversation conversation, JsonObject layer, string system) =>
        (_tavus, _conversation, _layer, _system) = (tavus, conversation, layer, system);

    /// <summary>Null when the persona uses one of Tavus's models.</summary>
    public static CustomModel? Of(SimulatedTavus tavus, SimulatedConversation conversation, JsonObject? persona) =>
        persona?["layers"]?["llm"] is JsonObject layer && layer["base_url"] is not null
            ? new CustomModel(tavus, conversation, layer, persona["system_prompt"]?.GetValue<string>() ?? "")
            : null;

    public async Task<ModelAnswer> AskAsync(
        string text,
        IReadOnlyList<(string Role, string Content)> said,
        IReadOnlyList<string> context,
        CancellationToken ct)
    {
        var messages = new JsonArray(Message("system", _system));
        if (_conversation.TextOf("conversational_context") is { } about) messages.Add(Message("system", about));
        foreach (var (role, content) in said) messages.Add(Message(role, content));
        foreach (var added in context) messages.Add(Message("system", added));

        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var guesses = _layer["speculative_inference"]?.GetValue<bool>() == false
            ? 1
            : Math.Clamp(_tavus.Behavior.Speculations, 1, Math.Max(1, words.Length));
        var thrownAway = new List<(Task Pending, CancellationTokenSource Source)>();
        for (var guess = 1; guess < guesses; guess++)
        {
            var source = CancellationTokenSource.CreateLinkedTokenSource(ct);
            thrownAway.Add((CompleteAsync(messages, string.Join(' ', words[..(words.Length * guess / guesses)]), source.Token), source));
            await Task.Delay(_tavus.Behavior.SpeculationGapMs, ct);
            // Requests overlap: the previous one is cancelled only now.
            if (guess > 1) await thrownAway[^2].Source.CancelAsync();
        }

        var final = CompleteAsync(messages, text, ct);
        foreach (var (pending, source) in thrownAway) await GiveUpAsync(pending, source);
        try
        {
            return await final;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            // If the model fails, the replica says nothing.
            return new ModelAnswer("");
        }
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static async Task GiveUpAsync(Task pending, CancellationTokenSource source)
    {
        using (source)
        {
            await source.CancelAsync();
            await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<ModelAnswer> CompleteAsync(JsonArray before, string text, CancellationToken ct)
    {
        var body = new JsonObject { ["model"] = _layer["model"]?.DeepClone() ?? "custom", ["stream"] = true };
        var messages = before.DeepClone().AsArray();
        messages.Add(Message("user", text));
        body["messages"] = messages;
        if (_layer["tools"] is JsonArray { Count: > 0 } tools) body["tools"] = tools.DeepClone();
        foreach (var (name, value) in _layer["extra_body"] as JsonObject ?? []) body[name] = value?.DeepClone();

        var query = string.Join(
            '&',
            (_layer["default_query"] as JsonObject ?? []).Select(
                pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value!.GetValue<string>())}"));
        var url = $"{_layer["base_url"]!.GetValue<string>().TrimEnd('/')}/chat/completions{(query.Length > 0 ? $"?{query}" : "")}";
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        if (_layer["api_key"] is { } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.GetValue<string>());
        foreach (var (name, value) in _layer["headers"] as JsonObject ?? [])
            request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
        if (_tavus.Behavior.ConversationHeader is { } header) request.Headers.TryAddWithoutValidation(header, _conversation.Id);

        using var response = await _tavus.Out.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (!response.IsSuccessStatusCode) return new ModelAnswer("");
        return await ReadAsync(response, ct);
    }

    private static async Task<ModelAnswer> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var (text, name, arguments, id) = (new StringBuilder(), (string?)null, new StringBuilder(), (string?)null);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal)) continue;
            var data = line[5..].Trim();
            if (data == "[DONE]") break;
            using var chunk = JsonDocument.Parse(data);
            if (!chunk.RootElement.TryGetProperty("choices", out var choices)
                || choices.GetArrayLength() == 0
                || !choices[0].TryGetProperty("delta", out var delta))
                continue;
            if (delta.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String)
                text.Append(content.GetString());
            if (!delta.TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array || calls.GetArrayLength() == 0)
                continue;
            if (calls[0].TryGetProperty("id", out var callId) && callId.ValueKind == JsonValueKind.String) id = callId.GetString();
            if (!calls[0].TryGetProperty("function", out var function)) continue;
            if (function.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String) name = named.GetString();
            if (function.TryGetProperty("arguments", out var piece)) arguments.Append(piece.GetString());
        }

        return new ModelAnswer(text.ToString(), name, name is null ? null : arguments.ToString(), id);
    }
}

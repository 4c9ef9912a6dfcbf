using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>The turns of a call: what the visitor says or types, the replica's answers, and the app-messages about both.</summary>
internal sealed class Turns(SimulatedTavus tavus, SimulatedAccount account, SimulatedConversation conversation)
{
    private readonly Lock _lock = new();
    private readonly List<(string Role, string Content)> _transcript = [];
    private readonly List<string> _context = [];
    private int _index;
    private int _greeted;
    private int _contextUsed;

    /// <summary>The number of turns so far.</summary>
    public int Index => _index;

    public ConcurrentQueue<ToolCall> ToolCalls { get; } = [];

    /// <summary>What was said, with the roles of a transcript.</summary>
    public IReadOnlyList<(string Role, string Content)> Transcript
    {
        get
        {
            lock (_lock) return [.. _transcript];
        }
    }

    /// <summary>What conversation.append_llm_context added.</summary>
    public IReadOnlyList<string> Context
    {
        get
        {
            lock (_lock) return [.. _context];
        }
    }

    /// <summary>The replica says the greeting, once, when it and a visitor have joined.</summary>
    public void Greet()
    {
        if (!conversation.ReplicaIsIn || conversation.Participants == 0 || conversation.TextOf("custom_greeting") is not { } greeting)
            return;
        if (Interlocked.Exchange(ref _greeted, 1) == 0) Speak(greeting);
    }

    /// <summary>The visitor says something, and the replica answers.</summary>
    /// <returns>The answer; null when the model gave none.</returns>
    public async Task<string?> SayAsync(string text, CancellationToken ct)
    {
        Interlocked.Increment(ref _index);
        conversation.Send("conversation.started_speaking", Role("user"));
        var persona = conversation.PersonaId is { } id ? account.Personas.Find(id) : null;
        var model = CustomModel.Of(tavus, conversation, persona);
        var asked = model?.AskAsync(text, Transcript, Context, ct);
        var inference = Guid.NewGuid().ToString();
        conversation.Send("conversation.stopped_speaking", Role("user"), inference);
        conversation.Send("conversation.utterance", new JsonObject { ["role"] = "user", ["speech"] = text }, inference);
        Note("user", text);
        if (asked is null)
        {
            if (await LookUpAsync(text)) return null;
            var canned = Found() is { } found ? $"Here is what I found: {found}" : $"You said: {text}";
            Speak(canned);
            return canned;
        }

        var answer = await asked;
        if (answer.ToolName is { } tool)
            await Tavus.ToolCalls.CallAsync(tavus, account, conversation, tool, answer.ToolArguments!, answer.ToolCallId, signature: null);
        if (answer.Text.Length == 0) return null;
        Speak(answer.Text);
        return answer.Text;
    }

    /// <summary>Handles a participant's app-message as Tavus does.</summary>
    public void React(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object
            || !message.TryGetProperty("event_type", out var type)
            || !message.TryGetProperty("conversation_id", out var id)
            || !id.ValueEquals(conversation.Id))
            return;
        var properties = message.TryGetProperty("properties", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        switch (type.GetString())
        {
            case "conversation.respond" when Text(properties, "text") is { } text:
                _ = SayAsync(text, conversation.Over);
                break;
            case "conversation.echo" when Text(properties, "modality") is null or "text" && Text(properties, "text") is { } text:
                Speak(text);
                break;
            case "conversation.interrupt":
                conversation.Send(
                    "conversation.stopped_speaking",
                    new JsonObject { ["role"] = tavus.Behavior.ReplicaRole, ["interrupted"] = true, ["duration"] = 0.4 });
                break;
            case "conversation.append_llm_context" when Text(properties, "context") is { } context:
                lock (_lock) _context.Add(context);
                break;
            case "conversation.overwrite_llm_context" when Text(properties, "context") is { } context:
                lock (_lock)
                {
                    _context.Clear();
                    _context.Add(context);
                }

                break;
            case "conversation.tool_result" when Text(properties, "tool_call_id") is { } call:
                Resolve(call, properties);
                break;
        }
    }

    /// <summary>What the replica says about a tool's result, depending on its on_resolve.</summary>
    public void Resolve(JsonObject? tool, string? output, bool success)
    {
        switch (tool?["on_resolve"]?.GetValue<string>())
        {
            case "generate_response" or "response_in_result":
                Speak(success ? $"Here is what I found: {output}" : "I am sorry, that did not work.");
                break;
            case "add_to_context" when output is not null:
                lock (_lock) _context.Add(output);
                break;
        }
    }

    private async Task<bool> LookUpAsync(string text)
    {
        if (tavus.Behavior.LooksUpWith is not { } ending || !text.TrimEnd().EndsWith('?')) return false;
        var name = Tavus.ToolCalls.AttachedTo(account, conversation).Select(tool => tool["name"]!.GetValue<string>()).FirstOrDefault(
            name => name.EndsWith(ending, StringComparison.Ordinal));
        var arguments = new JsonObject { ["query"] = text }.ToJsonString();
        return await Tavus.ToolCalls.CallAsync(
            tavus,
            account,
            conversation,
            name ?? ending,
            arguments,
            id: null,
            signature: null) is not null;
    }

    /// <summary>The context added since it was last used; null for none.</summary>
    private string? Found()
    {
        lock (_lock)
        {
            if (_context.Count <= _contextUsed) return null;
            _contextUsed = _context.Count;
            return _context[^1];
        }
    }

    private void Resolve(string callId, JsonElement properties)
    {
        var call = ToolCalls.FirstOrDefault(known => known.Id == callId);
        // A result without a pending call, or a second result, is ignored.
        if (call is null || call.Response is not null || ToolCalls.Any(known => known.Id == callId && known.Response is not null)) return;
        var output = properties.TryGetProperty("output", out var value)
            ? (value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText())
            : null;
        ToolCalls.Enqueue(call with { Response = output ?? "" });
        var tool = Tavus.ToolCalls.AttachedTo(account, conversation).FirstOrDefault(
            attached => attached["name"]!.GetValue<string>() == call.Name);
        Resolve(tool, output, Text(properties, "status") is null or "success");
    }

    private void Speak(string text)
    {
        var inference = Guid.NewGuid().ToString();
        var role = tavus.Behavior.ReplicaRole;
        conversation.Send("conversation.started_speaking", Role(role), inference);
        conversation.Send(
            "conversation.utterance.streaming",
            new JsonObject { ["role"] = role, ["speech"] = text, ["content_index"] = 0, ["final"] = true, ["is_interrupted"] = false },
            inference);
        conversation.Send("conversation.utterance", new JsonObject { ["role"] = role, ["speech"] = text }, inference);
        conversation.Send(
            "conversation.stopped_speaking",
            new JsonObject { ["role"] = role, ["interrupted"] = false, ["duration"] = 1.5 },
            inference);
        Note("assistant", text);
    }

    private void Note(string role, string content)
    {
        lock (_lock) _transcript.Add((role, content));
    }

    private static JsonObject Role(string role) => new() { ["role"] = role };

    private static string? Text(JsonElement properties, string name) =>
        properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

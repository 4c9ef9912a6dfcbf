using System.Text.Json;

namespace Widget.Simulators.OpenAI;

/// <summary>A chat completion request. Each field is validated.</summary>
internal sealed record ChatRequest(
    string Model,
    IReadOnlyList<JsonElement> Messages,
    bool Stream,
    bool IncludeUsage,
    IReadOnlyList<string> Tools)
{
    private static readonly HashSet<string> Fields =
    [
        "model", "messages", "stream", "stream_options", "temperature", "top_p", "n", "stop", "max_tokens", "max_completion_tokens",
        "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "user", "tools", "tool_choice",
        "parallel_tool_calls", "response_format", "seed", "service_tier", "store", "metadata", "modalities", "reasoning_effort",
        "safety_identifier", "prompt_cache_key",
    ];

    private static readonly HashSet<string> Roles = ["system", "developer", "user", "assistant", "tool"];

    public static ChatRequest Parse(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw OpenAIException.Invalid("The request body must be a JSON object.");
        foreach (var field in body.EnumerateObject())
            if (!Fields.Contains(field.Name)) throw OpenAIException.Invalid(
                $"Unrecognized request argument supplied: {field.Name}",
                field.Name);
        var model = Text(body, "model");
        var messages = Array(body, "messages", required: true);
        if (messages.Count == 0) throw OpenAIException.Invalid("[] is too short - 'messages'", "messages");
        for (var i = 0; i < messages.Count; i++) CheckMessage(messages, i);
        Number(body, "temperature", 0, 2);
        Number(body, "top_p", 0, 1);
        var stream = Flag(body, "stream");
        var includeUsage = body.TryGetProperty("stream_options", out var options) && Flag(options, "include_usage");
        if (options.ValueKind == JsonValueKind.Object && !stream)
            throw OpenAIException.Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
        CheckResults(messages);
        var tools = Array(body, "tools", required: false).Select((tool, i) => Tool(tool, i)).ToList();
        if (body.TryGetProperty("tools", out _) && tools.Count == 0) throw OpenAIException.Invalid("[] is too short - 'tools'", "tools");
        var request = new ChatRequest(model, messages, stream, includeUsage, tools);
        if (!body.TryGetProperty("tool_choice", out var choice)) return request;
        if (tools.Count == 0) throw OpenAIException.Invalid(
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
            "tool_choice");
        return choice.ValueKind switch
        {
            JsonValueKind.String when choice.GetString() is "auto" => request,
            JsonValueKind.String when choice.GetString() is "none" => request with { MayCallNone = true },
            JsonValueKind.String when choice.GetString() is "required" => request with { MustCall = tools[0] },
            JsonValueKind.Object when choice.TryGetProperty("function", out var named) && tools.Contains(
                Text(named, "name", "tool_choice.function.name")) =>
                request with { MustCall = named.GetProperty("name").GetString() },
            _ => throw OpenAIException.Invalid("Invalid value for 'tool_choice'.", "tool_choice"),
        };
    }

    /// <summary>The function that must be called; null for a free choice.</summary>
    public string? MustCall { get; init; }

    private bool MayCallNone { get; init; }

    /// <summary>Whether the last messages are results of functions.</summary>
    public bool HasResults => Text(Messages[^1], "role") == "tool";

    public bool MayCall(string tool) => Tools.Contains(tool) && !MayCallNone;

    // Each call must have a result before the next message.
    private static void CheckResults(IReadOnlyList<JsonElement> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (!messages[i].TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array) continue;
            var results = messages.Skip(i + 1).TakeWhile(
                message => Text(message, "role") == "tool").Select(message => Text(message, "tool_call_id")).ToHashSet();
            foreach (var call in calls.EnumerateArray())
            {
                if (Text(call, "type", $"messages[{i}].tool_calls[].type") != "function"
                    || !call.TryGetProperty("function", out var function))
                    throw OpenAIException.Invalid(
                        $"Missing required parameter: 'messages[{i}].tool_calls[].function'.",
                        $"messages[{i}].tool_calls");
                Text(function, "name", $"messages[{i}].tool_calls[].function.name");
                Text(function, "arguments", $"messages[{i}].tool_calls[].function.arguments");
                if (!results.Contains(Text(call, "id", $"messages[{i}].tool_calls[].id")))
                    throw OpenAIException.Invalid(
                        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.",
                        $"messages[{i}].tool_calls");
            }
        }
    }

    public string System => string.Join('\n', Messages.Where(message => Text(message, "role") is "system" or "developer").Select(Content));

    public string LastUser => Messages.Where(message => Text(message, "role") == "user").Select(Content).LastOrDefault("");

    public bool HasImages => Messages.SelectMany(Parts).Any(part => Text(part, "type") == "image_url");

    private static IEnumerable<JsonElement> Parts(JsonElement message) =>
        message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array ? content.EnumerateArray() : [];

    private static void CheckParts(JsonElement message, string role, int i)
    {
        foreach (var part in Parts(message))
        {
            switch (Text(part, "type", $"messages[{i}].content[].type"))
            {
                case "text":
                    Text(part, "text", $"messages[{i}].content[].text");
                    break;
                case "image_url" when role == "user":
                    if (!part.TryGetProperty("image_url", out var image) || image.ValueKind != JsonValueKind.Object)
                        throw OpenAIException.Invalid(
                            "Invalid type for 'image_url': expected an object.",
                            $"messages[{i}].content[].image_url");
                    CheckImage(Text(image, "url", $"messages[{i}].content[].image_url.url"));
                    break;
                case var type:
                    throw OpenAIException.Invalid($"Invalid value: '{type}'.", $"messages[{i}].content[].type");
            }
        }
    }

    // A URL, which may contain the image itself: data:image/png;base64,…
    private static void CheckImage(string url)
    {
        if (url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith("http://", StringComparison.Ordinal)) return;
        var formats = new[] { "png", "jpeg", "webp", "gif" };
        var format = formats.FirstOrDefault(candidate => url.StartsWith($"data:image/{candidate};base64,", StringComparison.Ordinal))
            ?? throw OpenAIException.Invalid(
                "You uploaded an unsupported image. "
                + "Please make sure your image has one of the following formats: ['png', 'jpeg', 'gif', 'webp'].",
                "url");
        var data = url.AsSpan(url.IndexOf(',', StringComparison.Ordinal) + 1);
        var bytes = new byte[data.Length];
        if (!Convert.TryFromBase64Chars(data, bytes, out var length) || length < 10)
            throw OpenAIException.Invalid("The image data you provided does not represent a valid image.", "url");
        var valid = format switch
        {
            "png" => bytes.AsSpan(1).StartsWith("PNG"u8),
            "jpeg" => bytes is [0xFF, 0xD8, ..],
            "gif" => bytes.AsSpan().StartsWith("GIF8"u8),
            _ => bytes.AsSpan().StartsWith("RIFF"u8),
        };
        if (!valid) throw OpenAIException.Invalid("The image data you provided does not represent a valid image.", "url");
    }

    private static string Content(JsonElement message) => message.GetProperty("content") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } parts =>
            string.Concat(parts.EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : "")),
        _ => "",
    };

    private static void CheckMessage(IReadOnlyList<JsonElement> messages, int i)
    {
        var message = messages[i];
        var role = Text(message, "role", $"messages[{i}].role");
        if (!Roles.Contains(role))
            throw OpenAIException.Invalid(
                $"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'tool', and 'developer'.",
                $"messages[{i}].role");
        var calls = message.TryGetProperty(
            "tool_calls",
            out var toolCalls) && toolCalls.ValueKind == JsonValueKind.Array && toolCalls.GetArrayLength() > 0;
        if (!calls
            && (!message.TryGetProperty("content", out var content)
                || content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array)))
            throw OpenAIException.Invalid($"Invalid value for 'content': expected a string, got null.", $"messages[{i}].content");
        CheckParts(message, role, i);
        if (calls && role != "assistant") throw OpenAIException.Invalid(
            "Only assistant messages may have tool_calls.",
            $"messages[{i}].tool_calls");
        if (role != "tool") return;
        var id = Text(message, "tool_call_id", $"messages[{i}].tool_call_id");
        var known = messages.Take(i)
            .Where(earlier => earlier.TryGetProperty("tool_calls", out _))
            .SelectMany(earlier => earlier.GetProperty("tool_calls").EnumerateArray())
            .Any(call => call.GetProperty("id").GetString() == id);
        if (!known)
            throw OpenAIException.Invalid(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                $"messages[{i}].role");
    }

    private static string Tool(JsonElement tool, int i)
    {
        if (Text(tool, "type", $"tools[{i}].type") != "function") throw OpenAIException.Invalid(
            "Only tools of type 'function' are known.",
            $"tools[{i}].type");
        if (!tool.TryGetProperty("function", out var function)) throw OpenAIException.Invalid(
            $"Missing required parameter: 'tools[{i}].function'.",
            $"tools[{i}].function");
        var name = Text(function, "name", $"tools[{i}].function.name");
        if (name.Length > 64 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-'))
            throw OpenAIException.Invalid(
                $"Invalid 'tools[{i}].function.name': string does not match pattern.",
                $"tools[{i}].function.name");
        if (function.TryGetProperty("parameters", out var schema)
            && !(schema.TryGetProperty("type", out var type) && type.GetString() == "object"))
            throw OpenAIException.Invalid(
                $"Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"'.",
                $"tools[{i}].function.parameters");
        return name;
    }

    internal static string Text(JsonElement value, string field, string? path = null)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(field, out var found))
            throw OpenAIException.Invalid($"Missing required parameter: '{path ?? field}'.", path ?? field);
        return found.ValueKind == JsonValueKind.String
            ? found.GetString()!
            : throw OpenAIException.Invalid($"Invalid type for '{path ?? field}': expected a string.", path ?? field);
    }

    private static List<JsonElement> Array(JsonElement body, string field, bool required)
    {
        if (!body.TryGetProperty(field, out var found))
            return required ? throw OpenAIException.Invalid($"Missing required parameter: '{field}'.", field) : [];
        return found.ValueKind == JsonValueKind.Array
            ? [.. found.EnumerateArray()]
            : throw OpenAIException.Invalid($"Invalid type for '{field}': expected an array.", field);
    }

    private static void Number(JsonElement body, string field, double least, double most)
    {
        if (!body.TryGetProperty(field, out var found) || found.ValueKind == JsonValueKind.Null) return;
        if (found.ValueKind != JsonValueKind.Number || found.GetDouble() < least || found.GetDouble() > most)
            throw OpenAIException.Invalid($"Invalid '{field}': expected a number between {least} and {most}.", field);
    }

    private static bool Flag(JsonElement body, string field)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty(field, out var found)) return false;
        return found.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? found.GetBoolean()
            : throw OpenAIException.Invalid($"Invalid type for '{field}': expected a boolean.", field);
    }
}

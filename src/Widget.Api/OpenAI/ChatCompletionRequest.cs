using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Widget.Api.OpenAI;

/// <summary>
/// The supported part of a chat completion request of OpenAI's API (platform.openai.com, API reference, "Create chat completion"). Other
/// fields are ignored. Sampling parameters are validated but not applied, because the tenant decides how the assistant talks.
/// </summary>
public sealed partial record ChatCompletionRequest
{
    private const int MaxMessages = 500;
    private const int MaxTools = 128;
    private const int MaxStops = 4;

    public required string Model { get; init; }

    /// <summary>The texts of the system and developer messages, in their order.</summary>
    public required IReadOnlyList<string> Instructions { get; init; }

    /// <summary>
    /// The other messages, oldest first: of the user, of the assistant with its function calls, and the results of the calls.
    /// </summary>
    public required IReadOnlyList<ChatMessage> Turns { get; init; }

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    /// <summary>The client's limit for the answer, in tokens; null for none.</summary>
    public int? MaxTokens { get; init; }

    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>The client's own functions, which it runs itself.</summary>
    public IReadOnlyList<AIFunctionDeclaration> Tools { get; init; } = [];

    public ChatToolMode ToolMode { get; init; } = ChatToolMode.Auto;

    public bool? ParallelCalls { get; init; }

    /// <exception cref="OpenAIException">The body is not a valid request.</exception>
    public static ChatCompletionRequest Parse(JsonElement body)
    {
        var request = RequestFields.Of(body, "");
        if (request.WholeNumber("n", 1) > 1) throw OpenAIException.Invalid("n can only be 1.", "n");
        request.Number("temperature", 0, 2);
        request.Number("top_p", 0, 1);
        request.Number("presence_penalty", -2, 2);
        request.Number("frequency_penalty", -2, 2);
        var messages = request.List("messages");
        if (request.Find("messages") is null) throw request.Missing("messages");
        if (messages.Count == 0) throw OpenAIException.Invalid("messages is empty.", "messages");
        if (messages.Count > MaxMessages) throw OpenAIException.Invalid($"There can be at most {MaxMessages} messages.", "messages");
        var conversation = RequestMessages.Read(messages);
        IReadOnlyList<AIFunctionDeclaration> tools = [.. request.List("tools").Select(entry => ParseTool(entry.Value, entry.Path))];
        if (tools.Count > MaxTools) throw OpenAIException.Invalid($"There can be at most {MaxTools} tools.", "tools");
        if (tools.DistinctBy(tool => tool.Name, StringComparer.Ordinal).Count() != tools.Count)
            throw OpenAIException.Invalid("Two tools have the same name.", "tools");
        return new ChatCompletionRequest
        {
            Model = request.RequiredText("model"),
            Instructions = conversation.Instructions,
            Turns = conversation.Turns,
            Stream = request.Flag("stream"),
            IncludeUsage = ParseIncludeUsage(request),
            MaxTokens = request.WholeNumber("max_completion_tokens", 1) ?? request.WholeNumber("max_tokens", 1),
            Stops = ParseStops(request),
            Tools = tools,
            ToolMode = ParseToolMode(request, tools),
            ParallelCalls = request.Find("parallel_tool_calls") is null ? null : request.Flag("parallel_tool_calls"),
        };
    }

    private static bool ParseIncludeUsage(RequestFields request)
    {
        if (request.Find("stream_options") is not { } options) return false;
        if (!request.Flag("stream")) throw OpenAIException.Invalid("stream_options is only for stream: true.", "stream_options");
        return RequestFields.Of(options, "stream_options").Flag("include_usage");
    }

    private static IReadOnlyList<string> ParseStops(RequestFields request)
    {
        if (request.Find("stop") is not { } stop) return [];
        IReadOnlyList<string> stops = stop.ValueKind == JsonValueKind.String
            ? [RequestFields.Text(stop, "stop")]
            : [.. request.List("stop").Select(entry => RequestFields.Text(entry.Value, entry.Path))];
        if (stops.Count > MaxStops) throw OpenAIException.Invalid($"stop can have at most {MaxStops} texts.", "stop");
        // Web forms send empty fields too, but model servers reject an empty text.
        return [.. stops.Where(text => text.Length > 0)];
    }

    private static AIFunctionDeclaration ParseTool(JsonElement entry, string path)
    {
        var tool = RequestFields.Of(entry, path);
        if (tool.RequiredText("type") != "function")
            throw OpenAIException.Invalid("Only tools of type function are supported.", tool.Path("type"));
        var function = RequestFields.Of(tool.Find("function") ?? throw tool.Missing("function"), tool.Path("function"));
        var name = function.RequiredText("name");
        CheckFunctionName(name, function.Path("name"));
        var parameters = function.Find("parameters") ?? NoParameters;
        if (parameters.ValueKind != JsonValueKind.Object)
            throw OpenAIException.Invalid($"{function.Path("parameters")} must be a JSON Schema.", function.Path("parameters"));
        var schema = parameters.EnumerateObject().Any() ? parameters.Clone() : NoParameters;
        return AIFunctionFactory.CreateDeclaration(name, function.Text("description"), schema, returnJsonSchema: null);
    }

    /// <exception cref="OpenAIException">The name is not valid for a function.</exception>
    internal static void CheckFunctionName(string name, string path)
    {
        if (!FunctionName().IsMatch(name))
            throw OpenAIException.Invalid("A function's name has 1 to 64 letters, digits, underscores and hyphens.", path);
    }

    private static ChatToolMode ParseToolMode(RequestFields request, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        const string Field = "tool_choice";
        if (request.Find(Field) is not { } choice) return ChatToolMode.Auto;
        string? functionName = null;
        var mode = choice.ValueKind == JsonValueKind.String ? choice.GetString() : "function";
        if (choice.ValueKind == JsonValueKind.Object)
        {
            var named = RequestFields.Of(choice, Field);
            if (named.RequiredText("type") != "function")
                throw OpenAIException.Invalid("tool_choice.type must be function.", "tool_choice.type");
            var function = named.Find("function") ?? throw named.Missing("function");
            functionName = RequestFields.Of(function, "tool_choice.function").RequiredText("name");
        }

        if (tools.Count == 0 && mode is "required" or "function")
            throw OpenAIException.Invalid("tool_choice needs tools to choose from.", Field);
        return (mode, functionName) switch
        {
            ("none", _) => ChatToolMode.None,
            ("auto", _) => ChatToolMode.Auto,
            ("required", _) => ChatToolMode.RequireAny,
            (_, { } name) when tools.Any(tool => tool.Name == name) => ChatToolMode.RequireSpecific(name),
            (_, { } name) => throw OpenAIException.Invalid($"tool_choice names \"{name}\", which is none of the tools.", Field),
            _ => throw OpenAIException.Invalid("tool_choice must be none, auto, required or a function.", Field),
        };
    }

    private static readonly JsonElement NoParameters = JsonDocument.Parse("""{"type": "object", "properties": {}}""").RootElement;

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FunctionName();
}

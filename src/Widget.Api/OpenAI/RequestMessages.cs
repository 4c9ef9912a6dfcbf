using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Widget.Api.OpenAI;

/// <summary>The messages of a request, checked one by one.</summary>
/// <param name="Instructions">Of the system and of developers.</param>
/// <param name="Turns">The rest.</param>
internal sealed record RequestMessages(IReadOnlyList<string> Instructions, IReadOnlyList<ChatMessage> Turns)
{
    public static RequestMessages Read(IReadOnlyList<(JsonElement Value, string Path)> messages)
    {
        var instructions = new List<string>();
        var turns = new List<ChatMessage>();
        var called = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (value, path) in messages)
        {
            var message = RequestFields.Of(value, path);
            switch (message.RequiredText("role"))
            {
                case "system" or "developer":
                    instructions.Add(RequiredContent(message));
                    break;
                case "user":
                    turns.Add(new ChatMessage(ChatRole.User, RequiredContent(message)));
                    break;
                case "assistant":
                    turns.Add(Assistant(message, called));
                    break;
                case "tool":
                    var id = message.RequiredText("tool_call_id");
                    if (!called.Contains(id)) throw OpenAIException.Invalid("A message of role tool must answer one of the tool_calls before it.", message.Path("tool_call_id"));
                    turns.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id, RequiredContent(message))]));
                    break;
                case var role:
                    throw OpenAIException.Invalid($"\"{role}\" is not a role. There are system, developer, user, assistant and tool.", message.Path("role"));
            }
        }

        return new RequestMessages(instructions, turns);
    }

    private static ChatMessage Assistant(RequestFields message, HashSet<string> called)
    {
        var contents = new List<AIContent>();
        if (Content(message) is { Length: > 0 } text) contents.Add(new TextContent(text));
        foreach (var (value, path) in message.List("tool_calls"))
        {
            var call = RequestFields.Of(value, path);
            var id = call.RequiredText("id");
            if (call.Text("type") is not (null or "function")) throw OpenAIException.Invalid("Only calls of functions are known.", call.Path("type"));
            var function = RequestFields.Of(call.Find("function") ?? throw call.Missing("function"), call.Path("function"));
            var name = function.RequiredText("name");
            if (!ChatCompletionRequest.FunctionName().IsMatch(name)) throw OpenAIException.Invalid("A function's name has 1 to 64 letters, digits, underscores and hyphens.", function.Path("name"));
            called.Add(id);
            // As the model wrote them, valid or not: it is shown what it said.
            contents.Add(new FunctionCallContent(id, name) { RawRepresentation = function.RequiredText("arguments") });
        }

        return contents.Count > 0 || message.Find("content") is not null ? new ChatMessage(ChatRole.Assistant, contents) : throw message.Missing("content");
    }

    private static string RequiredContent(RequestFields message) => Content(message) ?? throw message.Missing("content");

    private static string? Content(RequestFields message)
    {
        if (message.Find("content") is not { ValueKind: JsonValueKind.Array }) return message.Text("content");
        return string.Join('\n', message.List("content").Select(entry =>
        {
            var part = RequestFields.Of(entry.Value, entry.Path);
            return part.RequiredText("type") == "text" ? part.RequiredText("text") : throw OpenAIException.Invalid("This model reads text only.", part.Path("type"));
        }));
    }
}

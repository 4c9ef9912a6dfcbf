using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Widget.Api.OpenAI;

/// <summary>The validated messages of a request.</summary>
/// <param name="Instructions">The messages of the roles system and developer.</param>
/// <param name="Turns">The other messages.</param>
internal sealed record RequestMessages(IReadOnlyList<string> Instructions, IReadOnlyList<ChatMessage> Turns)
{
    public static RequestMessages Read(IReadOnlyList<(JsonElement Value, string Path)> messages)
    {
        var instructions = new List<string>();
        var turns = new List<ChatMessage>();
        var callIds = new HashSet<string>(StringComparer.Ordinal);
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
                    turns.Add(ReadAssistant(message, callIds));
                    break;
                case "tool":
                    var id = message.RequiredText("tool_call_id");
                    if (!callIds.Contains(id)) throw NoSuchCall(message.Path("tool_call_id"));
                    turns.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id, RequiredContent(message))]));
                    break;
                case var role:
                    throw NoSuchRole(role, message.Path("role"));
            }
        }

        return new RequestMessages(instructions, turns);
    }

    private static OpenAIException NoSuchCall(string path) =>
        OpenAIException.Invalid("A message of role tool must answer one of the tool_calls before it.", path);

    private static OpenAIException NoSuchRole(string role, string path) =>
        OpenAIException.Invalid($"\"{role}\" is not a role. The roles are system, developer, user, assistant and tool.", path);

    private static ChatMessage ReadAssistant(RequestFields message, HashSet<string> callIds)
    {
        var contents = new List<AIContent>();
        if (Content(message) is { Length: > 0 } text) contents.Add(new TextContent(text));
        foreach (var (value, path) in message.List("tool_calls"))
        {
            var call = RequestFields.Of(value, path);
            var id = call.RequiredText("id");
            if (call.Text("type") is not (null or "function"))
                throw OpenAIException.Invalid("Only calls of functions are supported.", call.Path("type"));
            var function = RequestFields.Of(call.Find("function") ?? throw call.Missing("function"), call.Path("function"));
            var name = function.RequiredText("name");
            ChatCompletionRequest.CheckFunctionName(name, function.Path("name"));
            callIds.Add(id);
            // The model reads the arguments again, so they stay as it wrote them, valid or not.
            contents.Add(new FunctionCallContent(id, name) { RawRepresentation = function.RequiredText("arguments") });
        }

        return contents.Count > 0 || message.Find("content") is not null
            ? new ChatMessage(ChatRole.Assistant, contents)
            : throw message.Missing("content");
    }

    private static string RequiredContent(RequestFields message) => Content(message) ?? throw message.Missing("content");

    private static string? Content(RequestFields message)
    {
        if (message.Find("content") is not { ValueKind: JsonValueKind.Array }) return message.Text("content");
        return string.Join('\n', message.List("content").Select(entry =>
        {
            var part = RequestFields.Of(entry.Value, entry.Path);
            return part.RequiredText("type") == "text"
                ? part.RequiredText("text")
                : throw OpenAIException.Invalid("This model reads text only.", part.Path("type"));
        }));
    }
}

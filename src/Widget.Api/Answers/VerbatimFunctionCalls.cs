using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Widget.Api.Answers;

/// <summary>
/// Passes on function calls unchanged, in both directions: <see cref="AIContent.RawRepresentation"/> of a
/// <see cref="FunctionCallContent"/> is the text of its arguments. The OpenAI adapter alone would lose malformed arguments, add rules to
/// schemas, and fail on a call without an id.
/// </summary>
internal sealed class VerbatimFunctionCalls(IChatClient inner) : StreamedChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var calls = new SortedDictionary<int, PartialCall>();
        var finished = false;
        await using var updates = InnerClient.GetStreamingResponseAsync(messages.Select(ToWire), ToWire(options), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync())
        {
            var update = updates.Current;
            // This update has the adapter's version of the calls, which is replaced by ours.
            if (update.Contents.OfType<FunctionCallContent>().Any()) continue;
            foreach (var part in (update.RawRepresentation as StreamingChatCompletionUpdate)?.ToolCallUpdates ?? [])
            {
                if (!calls.TryGetValue(part.Index, out var call)) calls.Add(part.Index, call = new PartialCall());
                call.Add(part);
            }

            // A call arrives in pieces and is passed on when the response is complete.
            if (!finished && update.FinishReason is not null)
            {
                finished = true;
                foreach (var call in calls.Values) update.Contents.Add(call.ToContent());
            }

            yield return update;
        }

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await updates.MoveNextAsync();
            }
            catch (ArgumentNullException) when (finished && calls.Values.Any(call => call.HasNoId))
            {
                // The adapter fails on a call without an id. The calls have already been passed on, and nothing follows them.
                return false;
            }
        }
    }

    private static ChatMessage ToWire(ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().Select(ToWire).ToArray();
        if (calls.Length == 0) return message;
        var assistant = new AssistantChatMessage(calls);
        if (message.Text.Length > 0) assistant.Content.Add(ChatMessageContentPart.CreateTextPart(message.Text));
        return new ChatMessage(message.Role, message.Contents) { RawRepresentation = assistant };
    }

    private static ChatToolCall ToWire(FunctionCallContent call) => ChatToolCall.CreateFunctionToolCall(
        call.CallId,
        call.Name,
        BinaryData.FromString(call.RawRepresentation as string ?? JsonSerializer.Serialize(call.Arguments, JsonSerializerOptions.Web)));

    private static ChatOptions? ToWire(ChatOptions? options)
    {
        if (options?.Tools is not { Count: > 0 } tools) return options;
        var copy = options.Clone();
        copy.Tools = null;
        copy.RawRepresentationFactory = _ =>
        {
            var wire = new ChatCompletionOptions
            {
                AllowParallelToolCalls = options.AllowMultipleToolCalls,
                ToolChoice = ToWire(options.ToolMode),
            };
            foreach (var tool in tools.OfType<AIFunctionDeclaration>()) wire.Tools.Add(ToWire(tool));
            return wire;
        };
        return copy;
    }

    private static ChatTool ToWire(AIFunctionDeclaration tool) =>
        ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText()));

    private static ChatToolChoice? ToWire(ChatToolMode? mode) => mode switch
    {
        NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
        RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
        RequiredChatToolMode => ChatToolChoice.CreateRequiredChoice(),
        _ => null,
    };

    private sealed class PartialCall
    {
        private readonly StringBuilder _arguments = new();
        private string? _id;
        private string? _name;

        public bool HasNoId => _id is null;

        public void Add(StreamingChatToolCallUpdate part)
        {
            _id ??= part.ToolCallId;
            _name ??= part.FunctionName;
            _arguments.Append(part.FunctionArgumentsUpdate?.ToString());
        }

        public FunctionCallContent ToContent()
        {
            var written = _arguments.ToString();
            var call = FunctionCallContent.CreateFromParsedArguments(written, _id ?? "", _name ?? "", Parse);
            call.RawRepresentation = written;
            return call;
        }

        private static Dictionary<string, object?>? Parse(string json) =>
            json.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, object?>>(json);
    }
}

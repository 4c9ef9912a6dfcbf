using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using Widget.Api.Outbound;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using OpenAIFinish = OpenAI.Chat.ChatFinishReason;
using OpenAIMessage = OpenAI.Chat.ChatMessage;

namespace Widget.Api.Answers;

/// <summary>
/// Any OpenAI-compatible chat endpoint (OpenAI, Azure, Ollama, vLLM …) as an <see cref="IChatClient"/>, over OpenAI's own library.
/// Stands where Microsoft.Extensions.AI.OpenAI would: text, function calls and usage, streamed.
/// </summary>
public sealed class OpenAIChatClient : IChatClient
{
    private readonly ChatClient _client;
    private readonly ChatClientMetadata _metadata;
    private readonly UsageRequest _usage = new();

    public OpenAIChatClient(ChatModelOptions options)
    {
        var client = new OpenAIClientOptions
        {
            Endpoint = options.Endpoint,
            NetworkTimeout = options.Patience,
            // A visitor is waiting: one more try, then the answer is quoted instead.
            RetryPolicy = new BoundedRetries(most: 1, longest: TimeSpan.FromSeconds(1)),
        };
        client.AddPolicy(_usage, PipelinePosition.PerCall);
        _client = new ChatClient(options.Model, new ApiKeyCredential(string.IsNullOrEmpty(options.Key) ? "none" : options.Key), client);
        _metadata = new ChatClientMetadata("openai", options.Endpoint, options.Model);
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        Microsoft.Extensions.AI.ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        Microsoft.Extensions.AI.ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var calls = new SortedDictionary<int, FunctionCall>();
        await foreach (var chunk in ChunksAsync([.. messages.SelectMany(Convert)], options, cancellationToken))
        {
            foreach (var part in chunk.ToolCallUpdates)
            {
                if (!calls.TryGetValue(part.Index, out var call)) calls.Add(part.Index, call = new FunctionCall());
                call.Id ??= part.ToolCallId;
                call.Name ??= part.FunctionName;
                call.Arguments.Append(part.FunctionArgumentsUpdate?.ToString());
            }

            var update = new ChatResponseUpdate(ChatRole.Assistant, [.. chunk.ContentUpdate.Where(part => !string.IsNullOrEmpty(part.Text)).Select(part => new TextContent(part.Text))])
            {
                ResponseId = chunk.CompletionId,
                ModelId = chunk.Model,
                FinishReason = chunk.FinishReason switch
                {
                    null => null,
                    OpenAIFinish.Length => ChatFinishReason.Length,
                    OpenAIFinish.ToolCalls => ChatFinishReason.ToolCalls,
                    OpenAIFinish.ContentFilter => ChatFinishReason.ContentFilter,
                    _ => ChatFinishReason.Stop,
                },
            };
            if (chunk.Usage is { } usage)
            {
                update.Contents.Add(new UsageContent(new UsageDetails
                {
                    InputTokenCount = usage.InputTokenCount,
                    OutputTokenCount = usage.OutputTokenCount,
                    TotalTokenCount = usage.TotalTokenCount,
                }));
            }

            // A function call comes in pieces; it is passed on when it is whole.
            if (chunk.FinishReason is not null)
            {
                foreach (var call in calls.Values) update.Contents.Add(call.Whole());
                calls.Clear();
            }

            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : serviceType.IsInstanceOfType(_client) ? _client
        : null;

    public void Dispose()
    {
        // The library's client holds nothing that must be given back.
    }

    // OpenAI's library asks for the tokens' count (stream_options). A server that does not know that field is asked without it from then on.
    private async IAsyncEnumerable<StreamingChatCompletionUpdate> ChunksAsync(
        List<OpenAIMessage> messages,
        Microsoft.Extensions.AI.ChatOptions? options,
        [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            await using var chunks = _client.CompleteChatStreamingAsync(messages, Convert(options), ct).GetAsyncEnumerator(ct);
            bool any;
            try
            {
                any = await chunks.MoveNextAsync();
            }
            catch (ClientResultException e) when (!_usage.IsLeftOut && e.Status is 400 or 422 && RefusesUsage(e))
            {
                _usage.IsLeftOut = true;
                continue;
            }

            for (; any; any = await chunks.MoveNextAsync()) yield return chunks.Current;
            yield break;
        }
    }

    private static bool RefusesUsage(ClientResultException e) =>
        e.Message.Contains("stream_options", StringComparison.Ordinal)
        || e.GetRawResponse()?.Content.ToString().Contains("stream_options", StringComparison.Ordinal) == true;

    private static IEnumerable<OpenAIMessage> Convert(ChatMessage message)
    {
        if (message.Role == ChatRole.System) return [new SystemChatMessage(message.Text)];
        if (message.Role == ChatRole.User) return [new UserChatMessage(message.Text)];
        if (message.Role == ChatRole.Tool)
        {
            return message.Contents.OfType<FunctionResultContent>().Select(result =>
                new ToolChatMessage(result.CallId, result.Result as string ?? JsonSerializer.Serialize(result.Result, JsonSerializerOptions.Web)));
        }

        var calls = message.Contents.OfType<FunctionCallContent>().Select(call => ChatToolCall.CreateFunctionToolCall(
            call.CallId,
            call.Name,
            BinaryData.FromString(call.RawRepresentation as string ?? JsonSerializer.Serialize(call.Arguments, JsonSerializerOptions.Web)))).ToArray();
        if (calls.Length == 0) return [new AssistantChatMessage(message.Text)];
        var assistant = new AssistantChatMessage(calls);
        if (message.Text.Length > 0) assistant.Content.Add(ChatMessageContentPart.CreateTextPart(message.Text));
        return [assistant];
    }

    private static ChatCompletionOptions Convert(Microsoft.Extensions.AI.ChatOptions? options)
    {
        var converted = new ChatCompletionOptions { Temperature = options?.Temperature, TopP = options?.TopP, MaxOutputTokenCount = options?.MaxOutputTokens };
        foreach (var tool in options?.Tools?.OfType<AIFunctionDeclaration>() ?? [])
            converted.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText())));
        foreach (var stop in options?.StopSequences ?? []) converted.StopSequences.Add(stop);
        if (converted.Tools.Count == 0) return converted;
        converted.AllowParallelToolCalls = options?.AllowMultipleToolCalls;
        converted.ToolChoice = options?.ToolMode switch
        {
            NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
            RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
            RequiredChatToolMode => ChatToolChoice.CreateRequiredChoice(),
            _ => null,
        };
        return converted;
    }

    /// <summary>Removes <c>stream_options</c> from requests once a server has rejected it.</summary>
    private sealed class UsageRequest : PipelinePolicy
    {
        private volatile bool _isLeftOut;

        public bool IsLeftOut
        {
            get => _isLeftOut;
            set => _isLeftOut = value;
        }

        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            LeaveOut(message);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            LeaveOut(message);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void LeaveOut(PipelineMessage message)
        {
            if (!_isLeftOut || message.Request.Content is not { } content) return;
            using var body = new MemoryStream();
            content.WriteTo(body);
            if (JsonNode.Parse(body.ToArray()) is not JsonObject request || !request.Remove("stream_options")) return;
            message.Request.Content = BinaryContent.Create(BinaryData.FromString(request.ToJsonString()));
        }
    }

    private sealed class FunctionCall
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();

        // What the model wrote goes along as it is, for whoever passes it on.
        public FunctionCallContent Whole()
        {
            var call = FunctionCallContent.CreateFromParsedArguments(
                Arguments.ToString(),
                Id ?? "",
                Name ?? "",
                static json => json.Length == 0 ? new Dictionary<string, object?>() : JsonSerializer.Deserialize<Dictionary<string, object?>>(json));
            call.RawRepresentation = Arguments.ToString();
            return call;
        }
    }
}

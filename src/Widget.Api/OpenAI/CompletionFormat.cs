using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Widget.Contracts;

namespace Widget.Api.OpenAI;

/// <summary>Renders an answer in OpenAI's format, as one <c>chat.completion</c> or as a series of <c>chat.completion.chunk</c>.</summary>
/// <param name="id">The answer's id.</param>
/// <param name="model">The model's name as the client gave it.</param>
/// <param name="created">When the answer was begun, in Unix time.</param>
internal sealed class CompletionFormat(string id, string model, long created)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The first chunk.</summary>
    public string RenderStart() => Chunk(new Delta { Role = "assistant", Content = "" });

    /// <summary>A chunk with a piece of the text.</summary>
    public string RenderText(string text) => Chunk(new Delta { Content = text });

    /// <summary>A chunk with the calls of the client's functions.</summary>
    public string RenderCalls(IReadOnlyList<FunctionCallContent> calls) =>
        Chunk(new Delta { ToolCalls = ToCalls(calls, withIndex: true) });

    /// <summary>The last chunk of the answer, with its citations. Their field is not OpenAI's; other clients ignore it.</summary>
    public string RenderEnd(Completion completion)
    {
        var choice = new Choice(0, null, new Delta(), completion.Finish);
        return Write(new Document(id, "chat.completion.chunk", created, model, [choice], completion.Citations, null));
    }

    /// <summary>A chunk with the number of tokens.</summary>
    public string RenderUsage(Completion completion) =>
        Write(new Document(id, "chat.completion.chunk", created, model, [], null, Tokens.Of(completion)));

    /// <summary>The complete answer.</summary>
    public string RenderCompletion(string text, Completion completion)
    {
        var calls = completion.Calls.Count == 0 ? null : ToCalls(completion.Calls, withIndex: false);
        var message = new Delta { Role = "assistant", Content = text, ToolCalls = calls };
        return Write(new Document(
            id,
            "chat.completion",
            created,
            model,
            [new Choice(0, message, null, completion.Finish)],
            completion.Citations,
            Tokens.Of(completion)));
    }

    public static string RenderError(OpenAIException error) => JsonSerializer.Serialize(error.Body, JsonSerializerOptions.Web);

    private string Chunk(Delta delta) =>
        Write(new Document(id, "chat.completion.chunk", created, model, [new Choice(0, null, delta, null)], null, null));

    private static string Write(Document document) => JsonSerializer.Serialize(document, Options);

    private static Call[] ToCalls(IReadOnlyList<FunctionCallContent> calls, bool withIndex) => [.. calls.Select((call, i) => new Call(
        withIndex ? i : null,
        call.CallId.Length > 0 ? call.CallId : string.Create(CultureInfo.InvariantCulture, $"call_{i}"),
        "function",
        new Function(call.Name, call.RawRepresentation as string ?? "{}")))];

    private sealed record Document(
        string Id,
        string Object,
        long Created,
        string Model,
        IReadOnlyList<Choice> Choices,
        IReadOnlyList<Citation>? Citations,
        Tokens? Usage);

    private sealed record Choice(
        int Index,
        Delta? Message,
        Delta? Delta,
        [property: JsonPropertyName("finish_reason"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Finish);

    private sealed record Delta
    {
        public string? Role { get; init; }

        public string? Content { get; init; }

        [JsonPropertyName("tool_calls")]
        public Call[]? ToolCalls { get; init; }
    }

    private sealed record Call(int? Index, string Id, string Type, Function Function);

    private sealed record Function(string Name, string Arguments);

    private sealed record Tokens(
        [property: JsonPropertyName("prompt_tokens")] long Input,
        [property: JsonPropertyName("completion_tokens")] long Output,
        [property: JsonPropertyName("total_tokens")] long Total)
    {
        public static Tokens Of(Completion completion) =>
            new(completion.InputTokens, completion.OutputTokens, completion.InputTokens + completion.OutputTokens);
    }
}

using Microsoft.Extensions.AI;
using Widget.Api.Answers;
using Widget.Contracts;
using Widget.Platform.Text;
using Widget.Rag.Text;

namespace Widget.Api.OpenAI;

/// <summary>The messages of a request as a conversation: the question, the turns before it and the turns after it.</summary>
internal sealed class CompletionConversation
{
    private const int MaxTurns = 20;
    private const int MaxQuestionLength = 2_000;
    private const int MaxInstructionsLength = 16_000;

    private readonly IReadOnlyList<ChatMessage> _turns;
    private readonly int _questionIndex;

    public CompletionConversation(ChatCompletionRequest request)
    {
        _turns = request.Turns;
        _questionIndex = -1;
        for (var i = 0; i < _turns.Count; i++)
            if (_turns[i].Role == ChatRole.User) _questionIndex = i;
        var instructions = string.Join("\n\n", request.Instructions);
        Instructions = instructions.Length == 0 ? null : Truncation.Truncate(instructions, MaxInstructionsLength);
    }

    /// <summary>The client's instructions; null when there are none.</summary>
    public string? Instructions { get; }

    /// <summary>The visitor's last message; null before the first one.</summary>
    public string? Question => _questionIndex < 0 ? null : _turns[_questionIndex].Text;

    /// <summary>Whether turns follow the question, such as results of functions that the client was asked to call.</summary>
    public bool HasLaterTurns => _questionIndex >= 0 && _questionIndex + 1 < _turns.Count;

    /// <summary>
    /// The phrases in the visitor's language. If the question is too short to detect the language, the earlier messages are used, too.
    /// </summary>
    public Phrases Phrases(TenantSettings settings)
    {
        var messages = string.Join('\n', _turns.Where(turn => turn.Role == ChatRole.User).TakeLast(MaxTurns).Select(turn => turn.Text));
        var sample = LanguageDetector.Detect(Question!) is null ? messages : Question!;
        return Answers.Phrases.For(settings.Locale == "auto" ? null : settings.Locale, sample);
    }

    /// <summary>The question for the search and the prompt. It is not in a conversation's log, so it has no number.</summary>
    public VisitorMessage QuestionMessage => new() { Text = Truncation.Truncate(Question!, MaxQuestionLength) };

    /// <summary>The messages before the question.</summary>
    public IReadOnlyList<ConversationEvent> History => [.. _turns.Take(_questionIndex)
        .Where(turn => turn.Text.Length > 0 && (turn.Role == ChatRole.User || turn.Role == ChatRole.Assistant))
        .TakeLast(MaxTurns)
        .Select(ToEvent)];

    private static ConversationEvent ToEvent(ChatMessage turn) => turn.Role == ChatRole.User
        ? new VisitorMessage { Text = turn.Text }
        : new AssistantMessage
        {
            MessageId = Guid.Empty,
            ReplyTo = 0,
            Text = turn.Text,
            Outcome = AnswerOutcome.Answered,
            Citations = [],
        };

    /// <summary>
    /// What the model reads: its instructions, the last turns with the question, and the turns after it. Models refuse a call without its
    /// result and a result without its call, so both are left out if one is missing. A visitor may interrupt before there is a result, and
    /// the call may be too long ago.
    /// </summary>
    public async Task<List<ChatMessage>> MessagesAsync(AnswerPrompt prompt, CancellationToken ct)
    {
        var first = Math.Max(0, _questionIndex - MaxTurns);
        while (first < _questionIndex && _turns[first].Role != ChatRole.User) first++;
        var last = _turns.Skip(first).ToList();
        var contents = last.SelectMany(turn => turn.Contents).ToList();
        var called = contents.OfType<FunctionCallContent>().Select(call => call.CallId).ToHashSet(StringComparer.Ordinal);
        var answered = contents.OfType<FunctionResultContent>().Select(result => result.CallId).ToHashSet(StringComparer.Ordinal);
        var turns = last
            .Select(turn => new ChatMessage(turn.Role, [.. turn.Contents.Where(content => content switch
            {
                FunctionCallContent call => answered.Contains(call.CallId),
                FunctionResultContent result => called.Contains(result.CallId),
                _ => true,
            })]))
            .Where(turn => turn.Contents.Count > 0);
        return [await prompt.SystemMessageAsync(ct), .. turns];
    }
}

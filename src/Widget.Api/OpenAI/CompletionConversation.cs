using Microsoft.Extensions.AI;
using Widget.Api.Answers;
using Widget.Contracts;
using Widget.Platform.Text;
using Widget.Rag.Text;

namespace Widget.Api.OpenAI;

/// <summary>A request's messages as a conversation: the question, what came before it, and what came after.</summary>
internal sealed class CompletionConversation
{
    private const int MostTurns = 20;
    private const int LongestSearched = 2_000;
    private const int LongestInstructions = 16_000;

    private readonly IReadOnlyList<ChatMessage> _turns;
    private readonly int _asked;

    public CompletionConversation(ChatCompletionRequest request)
    {
        _turns = request.Turns;
        _asked = -1;
        for (var i = 0; i < _turns.Count; i++)
            if (_turns[i].Role == ChatRole.User) _asked = i;
        var instructions = string.Join("\n\n", request.Instructions);
        Instructions = instructions.Length == 0 ? null : Truncation.Truncate(instructions, LongestInstructions);
    }

    /// <summary>The program's instructions; null when there are none.</summary>
    public string? Instructions { get; }

    /// <summary>The last thing the visitor said; null before the visitor has said anything.</summary>
    public string? Question => _asked < 0 ? null : _turns[_asked].Text;

    /// <summary>Whether the question is followed by results of functions that the client was asked to call.</summary>
    public bool HasGoneOn => _asked >= 0 && _asked + 1 < _turns.Count;

    /// <summary>The phrases in the visitor's language. When the question is too short to tell, the earlier ones count, too.</summary>
    public Phrases Phrases(TenantSettings settings)
    {
        var said = string.Join('\n', _turns.Where(turn => turn.Role == ChatRole.User).TakeLast(MostTurns).Select(turn => turn.Text));
        var sample = LanguageDetector.Detect(Question!) is null ? said : Question!;
        return Answers.Phrases.For(settings.Locale == "auto" ? null : settings.Locale, sample);
    }

    /// <summary>The question as search and prompt read it. It is in no conversation's log, so it has no number.</summary>
    public VisitorMessage Asked => new() { Text = Truncation.Truncate(Question!, LongestSearched) };

    /// <summary>What was said before the question.</summary>
    public IReadOnlyList<ConversationEvent> Before => [.. _turns.Take(_asked)
        .Where(turn => turn.Text.Length > 0 && (turn.Role == ChatRole.User || turn.Role == ChatRole.Assistant))
        .TakeLast(MostTurns)
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
    /// What the model reads: its instructions and the last turns, with the question and what came after it. A call and its result are both
    /// there or both left out, because models refuse one without the other: a visitor may interrupt before there is a result, and the last
    /// turns may begin between the two.
    /// </summary>
    public async Task<List<ChatMessage>> MessagesAsync(AnswerPrompt prompt, CancellationToken ct)
    {
        var first = Math.Max(0, _asked - MostTurns);
        while (first < _asked && _turns[first].Role != ChatRole.User) first++;
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

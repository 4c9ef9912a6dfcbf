using System.Text;
using Microsoft.Extensions.AI;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>What is searched for to answer a question.</summary>
/// <param name="Text">The text to search for; one line.</param>
/// <param name="IsRewritten">Whether the text differs from the question.</param>
/// <param name="ByModel">Whether the language model wrote the text.</param>
public readonly record struct SearchedQuestion(string Text, bool IsRewritten, bool ByModel)
{
    internal static SearchedQuestion Unchanged(string question) => new(question, IsRewritten: false, ByModel: false);
}

/// <summary>
/// Rewrites a follow-up question so that it can be searched for without its context. The language model does this if one is configured and
/// answers in time; otherwise rules do. The model's text is only searched for and never shown as the visitor's words.
/// </summary>
public sealed partial class QuestionRewriter(ILogger<QuestionRewriter> logger)
{
    /// <summary>Time limit for the model. It is short, because a visitor is waiting and the rules are nearly as good.</summary>
    internal static readonly TimeSpan ModelTimeout = TimeSpan.FromSeconds(1.5);

    private const int MaxEarlierQuestions = 3;
    private const int MaxTurnLength = 600;
    private const int MaxRewriteLength = 300;
    private const int StemLength = 4;

    private static readonly PromptTemplate Template = PromptTemplate.Load("rewrite");

    /// <param name="model">The model; null to rewrite by rule.</param>
    /// <param name="question">The question, which may be a follow-up.</param>
    /// <param name="history">The conversation before it.</param>
    /// <param name="ct">Cancels the rewriting.</param>
    public async Task<SearchedQuestion> RewriteAsync(
        ChatModel? model,
        VisitorMessage question,
        IReadOnlyList<ConversationEvent> history,
        CancellationToken ct)
    {
        var earlier = FindEarlier(history, question.Locale);
        if (earlier.Count == 0) return SearchedQuestion.Unchanged(question.Text);
        using var activity = AnswerTelemetry.StartRewrite();
        if (await RewriteByModelAsync(model, question, history, earlier, ct) is { } written)
        {
            activity?.SetTag("widget.rewrite.by", "model");
            return new SearchedQuestion(written, IsRewritten: true, ByModel: true);
        }

        var searched = RewriteByRule(question, history, earlier);
        activity?.SetTag("widget.rewrite.by", searched.IsRewritten ? "rule" : "none");
        return searched;
    }

    /// <summary>Rewrites by rule alone, which takes no time and no tokens.</summary>
    public static SearchedQuestion RewriteByRule(VisitorMessage question, IReadOnlyList<ConversationEvent> history) =>
        RewriteByRule(question, history, FindEarlier(history, question.Locale));

    private static SearchedQuestion RewriteByRule(
        VisitorMessage question,
        IReadOnlyList<ConversationEvent> history,
        IReadOnlyList<string> earlier)
    {
        if (earlier.Count == 0 || !FollowUps.IsFollowUp(question.Text, earlier[^1], question.Locale))
            return SearchedQuestion.Unchanged(question.Text);
        var cited = history.OfType<AssistantMessage>().LastOrDefault(message => message.Citations.Count > 0)?.Citations[0];
        var title = cited is { Removed: false } ? cited.Title : null;
        return new SearchedQuestion(FollowUps.Rewrite(question.Text, earlier, title, question.Locale), IsRewritten: true, ByModel: false);
    }

    // The questions that a follow-up may continue, oldest first, starting with the most recent one that is not a follow-up itself. Thanks
    // and greetings are left out.
    private static IReadOnlyList<string> FindEarlier(IReadOnlyList<ConversationEvent> history, string? locale)
    {
        var questions = history.OfType<VisitorMessage>()
            .Select(message => message.Text)
            .Where(text => Phrases.For(locale, text).SmallTalk(text) is null)
            .ToList();
        if (questions.Count == 0) return [];
        var first = questions.Count - 1;
        while (first > 0
            && questions.Count - first < MaxEarlierQuestions
            && FollowUps.IsFollowUp(questions[first], questions[first - 1], locale))
        {
            first--;
        }

        return questions[first..];
    }

    // Null when there is no model, it fails or is slow, or its text is not a rewrite of the question.
    private async Task<string?> RewriteByModelAsync(
        ChatModel? model,
        VisitorMessage question,
        IReadOnlyList<ConversationEvent> history,
        IReadOnlyList<string> earlier,
        CancellationToken ct)
    {
        if (model is null || !FollowUps.MayBeFollowUp(question.Text, earlier[^1], question.Locale)) return null;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(ModelTimeout);
        try
        {
            var messages = await MessagesAsync(question, history, limited.Token);
            var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 200 };
            var response = await model.Client.GetResponseAsync(messages, options, limited.Token);
            return response.FinishReason is null ? null : ParseRewrite(response.Text, question.Text, earlier);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            var reason = model.MessageOf(e);
            LogNotRewritten(question.Seq, reason);
            return null;
        }
    }

    private static string? ParseRewrite(string written, string question, IReadOnlyList<string> earlier)
    {
        var line = FollowUps.OneLine(written.Trim().Trim('"', '“', '”', '«', '»'), MaxRewriteLength + 1);
        return line.Length is > 0 and <= MaxRewriteLength && IsRewriteOf(line, question, earlier) ? line : null;
    }

    // A rewrite contains at least half of the follow-up's own content words and at least one from the earlier questions.
    private static bool IsRewriteOf(string rewrite, string question, IReadOnlyList<string> earlier)
    {
        var words = Stems(FollowUps.ContentWords(rewrite));
        var own = Stems(FollowUps.ContentWords(question));
        var before = Stems(earlier.SelectMany(text => FollowUps.ContentWords(text)));
        return own.Count(words.Contains) * 2 >= own.Count && words.Overlaps(before.Except(own, StringComparer.Ordinal));
    }

    private static HashSet<string> Stems(IEnumerable<string> words) =>
        words.Select(word => word[..Math.Min(StemLength, word.Length)]).ToHashSet(StringComparer.Ordinal);

    private static async Task<List<ChatMessage>> MessagesAsync(
        VisitorMessage question,
        IReadOnlyList<ConversationEvent> history,
        CancellationToken ct)
    {
        var turns = new StringBuilder();
        var messages = history.Where(entry => entry is VisitorMessage or AssistantMessage { Text.Length: > 0 });
        foreach (var entry in messages.TakeLast(MaxEarlierQuestions * 2))
        {
            var (speaker, text) = entry is VisitorMessage visitor
                ? ("Visitor", visitor.Text)
                : ("Assistant", ((AssistantMessage)entry).Text);
            turns.Append(speaker).Append(": ").AppendLine(FollowUps.OneLine(text, MaxTurnLength));
        }

        turns.Append("Visitor: ").Append(FollowUps.OneLine(question.Text, MaxTurnLength));
        return
        [
            new ChatMessage(ChatRole.System, await Template.RenderAsync([], ct)),
            new ChatMessage(ChatRole.User, turns.ToString()),
        ];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The model did not rewrite follow-up {Seq} ({Reason}); it is rewritten by rule")]
    private partial void LogNotRewritten(int seq, string reason);
}

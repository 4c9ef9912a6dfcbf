using System.Text;
using Microsoft.Extensions.AI;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <param name="Text">What is searched for; one line.</param>
/// <param name="IsRewritten">Whether the text says more than the question.</param>
/// <param name="ByModel">Whether the language model wrote it.</param>
public readonly record struct SearchedQuestion(string Text, bool IsRewritten, bool ByModel)
{
    internal static SearchedQuestion AsAsked(string question) => new(question, IsRewritten: false, ByModel: false);
}

/// <summary>
/// Rewrites a follow-up question so that it can be searched for without its context. The language model does this if there is one and it
/// is quick; otherwise rules do. The model's text is only searched for and never shown as the visitor's words.
/// </summary>
public sealed partial class QuestionRewriter(ILogger<QuestionRewriter> logger)
{
    /// <summary>A visitor is waiting for the first word, and the rules are nearly as good.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1.5);

    private const int MostEarlier = 3;
    private const int LongestTurn = 600;
    private const int LongestRewrite = 300;

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
        var earlier = Earlier(history, question.Locale);
        if (earlier.Count == 0) return SearchedQuestion.AsAsked(question.Text);
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
        RewriteByRule(question, history, Earlier(history, question.Locale));

    private static SearchedQuestion RewriteByRule(
        VisitorMessage question,
        IReadOnlyList<ConversationEvent> history,
        IReadOnlyList<string> earlier)
    {
        if (earlier.Count == 0 || !FollowUps.IsOne(question.Text, earlier[^1], question.Locale))
            return SearchedQuestion.AsAsked(question.Text);
        var cited = history.OfType<AssistantMessage>().LastOrDefault(message => message.Citations.Count > 0)?.Citations[0];
        var title = cited is { Removed: false } ? cited.Title : null;
        return new SearchedQuestion(FollowUps.Rewrite(question.Text, earlier, title, question.Locale), IsRewritten: true, ByModel: false);
    }

    // The questions that a follow-up continues, oldest first: back to the last one that is no follow-up itself. Thanks and greetings are
    // left out.
    private static IReadOnlyList<string> Earlier(IReadOnlyList<ConversationEvent> history, string? locale)
    {
        var asked = history.OfType<VisitorMessage>()
            .Select(message => message.Text)
            .Where(text => Phrases.For(locale, text).SmallTalk(text) is null)
            .ToList();
        var first = asked.Count - 1;
        while (first > 0 && asked.Count - first < MostEarlier && FollowUps.IsOne(asked[first], asked[first - 1], locale)) first--;
        return asked.Count == 0 ? [] : asked[first..];
    }

    // Null when there is no model, it fails or is slow, or its text is not a rewrite of the question.
    private async Task<string?> RewriteByModelAsync(
        ChatModel? model,
        VisitorMessage question,
        IReadOnlyList<ConversationEvent> history,
        IReadOnlyList<string> earlier,
        CancellationToken ct)
    {
        if (model is null || !FollowUps.MightBeOne(question.Text, earlier[^1], question.Locale)) return null;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(LongestWait);
        try
        {
            var messages = await MessagesAsync(question, history, limited.Token);
            var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 200 };
            var response = await model.Client.GetResponseAsync(messages, options, limited.Token);
            return response.FinishReason is null ? null : Accept(response.Text, question.Text, earlier);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            var reason = model.MessageOf(e);
            LogNotRewritten(question.Seq, reason);
            return null;
        }
    }

    private static string? Accept(string written, string question, IReadOnlyList<string> earlier)
    {
        var line = FollowUps.OneLine(written.Trim().Trim('"', '“', '”', '«', '»'), LongestRewrite + 1);
        return line.Length is > 0 and <= LongestRewrite && IsRewriteOf(line, question, earlier) ? line : null;
    }

    // A rewrite keeps what is new in the follow-up and adds something of what was said before.
    private static bool IsRewriteOf(string rewrite, string question, IReadOnlyList<string> earlier)
    {
        var words = Stems(FollowUps.ContentWords(rewrite));
        var own = Stems(FollowUps.ContentWords(question));
        var before = Stems(earlier.SelectMany(text => FollowUps.ContentWords(text)));
        return own.Count(words.Contains) * 2 >= own.Count && words.Overlaps(before.Except(own, StringComparer.Ordinal));
    }

    private static HashSet<string> Stems(IEnumerable<string> words) =>
        words.Select(word => word[..Math.Min(4, word.Length)]).ToHashSet(StringComparer.Ordinal);

    private static async Task<List<ChatMessage>> MessagesAsync(
        VisitorMessage question,
        IReadOnlyList<ConversationEvent> history,
        CancellationToken ct)
    {
        var turns = new StringBuilder();
        var said = history.Where(entry => entry is VisitorMessage or AssistantMessage { Text.Length: > 0 });
        foreach (var entry in said.TakeLast(MostEarlier * 2))
        {
            var (speaker, text) = entry is VisitorMessage visitor
                ? ("Visitor", visitor.Text)
                : ("Assistant", ((AssistantMessage)entry).Text);
            turns.Append(speaker).Append(": ").AppendLine(FollowUps.OneLine(text, LongestTurn));
        }

        turns.Append("Visitor: ").Append(FollowUps.OneLine(question.Text, LongestTurn));
        return
        [
            new ChatMessage(ChatRole.System, await Template.RenderAsync([], ct)),
            new ChatMessage(ChatRole.User, turns.ToString()),
        ];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The model did not rewrite follow-up {Seq} ({Reason}); it is rewritten by rule")]
    private partial void LogNotRewritten(int seq, string reason);
}

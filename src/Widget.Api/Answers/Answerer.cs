using Microsoft.Extensions.AI;
using Widget.Api.Conversations;
using Widget.Api.Search;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>The question to answer and what is known around it.</summary>
public sealed record AnswerContext(
    TenantInfo Tenant,
    TenantSettings Settings,
    VisitorMessage Question,
    IReadOnlyList<ConversationEvent> History,
    IReadOnlyDictionary<string, string> PageContext)
{
    /// <summary>What the tenant's ceilings of the month still allow.</summary>
    public BudgetVerdict Budget { get; init; } = BudgetVerdict.Open;
}

/// <summary>
/// Answers a question from the tenant's knowledge: finds passages, has the model write from them (or quotes them, when there is
/// no model), and checks what it cites. Says so when nothing is found; never invents.
/// </summary>
public sealed partial class Answerer(
    HybridSearch search, QuestionRewriter rewriter, ChatModels models, ModelCondition condition, TimeProvider clock, ILogger<Answerer> logger)
{
    private readonly PatientSearch _patient = new(clock);

    internal const int MostPassages = 6;

    // An answer is a few sentences; a model that runs on costs money and nobody reads it.
    internal static readonly TimeSpan LongestWriting = TimeSpan.FromSeconds(90);
    internal const int LongestAnswer = 16_000;

    /// <summary>
    /// Below this confidence the passages are about something else (docs/decisions/0008-when-to-say-no.md). Quoting has nobody who would
    /// notice, so it needs to be surer than a model, which is told to say so when its sources do not hold the answer.
    /// </summary>
    private const double LeastToQuote = 0.5;

    internal const double LeastToAskModel = 0.25;

    /// <param name="context">What is asked.</param>
    /// <param name="live">Receives sources and text as they come.</param>
    /// <param name="attempt">Which attempt at this answer this is; one more is begun when the model fails half-way.</param>
    /// <param name="stop">The visitor's wish to stop: what there is by then is the answer.</param>
    /// <param name="ct">The node's: the answer is left to another.</param>
    public async Task<AssistantMessage> AnswerAsync(AnswerContext context, LiveAnswer live, int attempt, CancellationToken stop, CancellationToken ct)
    {
        live.Begin(attempt);
        var phrases = Phrases.For(context.Question.Locale, context.Question.Text);
        if (phrases.SmallTalk(context.Question.Text) is { } reply) return Said(context, live, reply, AnswerOutcome.Answered);
        try
        {
            return await AnswerAsync(context, await FindAsync(context, strategy: null, MostPassages, live, stop, ct), live, attempt, stop, ct);
        }
        catch (SearchUnavailableException e)
        {
            LogSearchUnavailable(e, live.MessageId);
            return Said(context, live, phrases.Unavailable, AnswerOutcome.Failed);
        }
    }

    /// <summary>Finds what a question's answer can rest on, and whether that is enough to give one.</summary>
    /// <param name="context">What is asked.</param>
    /// <param name="strategy">In place of the tenant's own.</param>
    /// <param name="limit">Most hits wanted; an answer rests on the first few of them.</param>
    /// <param name="ct">Ends the search.</param>
    /// <exception cref="SearchUnavailableException">No knowledge base answered, or our own did not and what others found is not enough.</exception>
    public Task<Finding> FindAsync(AnswerContext context, SearchStrategyName? strategy, int limit, CancellationToken ct) =>
        FindAsync(context, strategy, limit, live: null, CancellationToken.None, ct);

    private async Task<Finding> FindAsync(
        AnswerContext context, SearchStrategyName? strategy, int limit, LiveAnswer? live, CancellationToken stop, CancellationToken ct)
    {
        var searched = context.Budget.MayUseModel
            ? await rewriter.RewriteAsync(context.Question, context.History, ct)
            : QuestionRewriter.RewriteByRule(context.Question, context.History);
        if (searched.IsRewritten) LogRewritten(context.Question.Seq, searched.ByModel ? "the model" : "rule");
        return await _patient.FindAsync(running => FindAsync(context, searched, strategy, limit, running), live, stop, ct);
    }

    /// <summary>The same for a question that need not be rewritten, or has been. Searches once.</summary>
    internal async Task<Finding> FindAsync(AnswerContext context, SearchedQuestion searched, SearchStrategyName? strategy, int limit, CancellationToken ct)
    {
        var found = await search.SearchAsync(
            new KnowledgeQuery { TenantId = context.Tenant.TenantId, Text = searched.Text, Limit = Math.Max(limit, MostPassages) },
            SearchPlans.For(context.Settings, strategy),
            ct);
        var least = ModelFor(context) is null ? LeastToQuote : LeastToAskModel;
        return new Finding(searched, found, RelevantPassages.Of(found.Hits, searched.Text, MostPassages), found.Hits.Count > 0 && found.Confidence >= least);
    }

    /// <summary>Answers from what was found. The parameters are those of the whole way.</summary>
    public async Task<AssistantMessage> AnswerAsync(AnswerContext context, Finding finding, LiveAnswer live, int attempt, CancellationToken stop, CancellationToken ct)
    {
        var phrases = Phrases.For(context.Question.Locale, context.Question.Text);
        var rewritten = finding.Searched.IsRewritten ? finding.Searched.Text : null;
        if (!finding.IsEnough) return Said(context, live, phrases.NotFound, AnswerOutcome.NotFound) with { Searched = rewritten };

        var sources = finding.Relevant.Select(Passages.ToCitation).ToArray();
        live.Cite(sources);
        var prompt = new AnswerPrompt(
            context.Tenant.Name,
            context.Settings.AgentName,
            [.. sources.Zip(finding.Relevant, (source, hit) => new ScoredPassage(source, hit.Score / Math.Max(finding.Relevant[0].Score, double.Epsilon)))],
            context.History,
            context.Question.Text,
            finding.Searched.Text,
            context.Question.Page,
            context.PageContext)
        {
            TenantsInstructions = context.Settings.AgentInstructions,
        };
        if (ModelFor(context) is { } model)
        {
            var earlier = context.History.OfType<AssistantMessage>().SelectMany(message => message.Citations);
            var text = new VerifiedText(sources, new KnownLinks(sources.Concat(earlier), context.Settings));
            if (await WriteAsync(model, prompt, text, live, stop, ct))
            {
                return Message(context, live, text.Text, stop.IsCancellationRequested ? AnswerOutcome.Stopped : AnswerOutcome.Answered) with
                {
                    Citations = text.Cited,
                    Searched = rewritten,
                    // An answer that rests on nothing is the model's way of not knowing.
                    OffersPerson = text.Cited.Count == 0,
                };
            }

            // It failed, perhaps half-way: the passages speak for themselves, from the start.
            live.Begin(attempt + 1);
            live.Cite(sources);
        }

        var quoted = (await models.Extractive.GetResponseAsync(prompt.Messages(), prompt.Options(), ct)).Text;
        if (quoted.Length == 0) return Said(context, live, phrases.NotFound, AnswerOutcome.NotFound) with { Searched = rewritten };
        live.Append(quoted);
        return Message(context, live, quoted, AnswerOutcome.Quoted) with { Citations = CitationNumbers.CitedBy(quoted, sources), Searched = rewritten };
    }

    // Null where answers quote: there is no model, or the tenant's month has nothing left for it.
    private IChatClient? ModelFor(AnswerContext context) => context.Budget.MayUseModel ? models.Configured : null;

    // False when the model failed.
    private async Task<bool> WriteAsync(IChatClient model, AnswerPrompt prompt, VerifiedText text, LiveAnswer live, CancellationToken stop, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        either.CancelAfter(LongestWriting);
        var length = 0;
        var complete = false;
        try
        {
            await foreach (var update in model.GetStreamingResponseAsync(prompt.Messages(), prompt.Options(), either.Token))
            {
                complete |= update.FinishReason is not null;
                if (update.Text.Length == 0) continue;
                either.Token.ThrowIfCancellationRequested();
                length += update.Text.Length;
                if (length > LongestAnswer) return Failed($"its answer is longer than {LongestAnswer} characters");
                if (text.Append(update.Text) is { Length: > 0 } verified) live.Append(verified);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            live.Append(text.Complete());
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever the model's server does wrong, the visitor gets an answer. What it says is not logged: it may repeat the question.
            return Failed(ModelFault.InWords(e));
        }

        // A stream that ends without saying why was cut off.
        if (!complete || length == 0) return Failed("its answer was cut off");
        live.Append(text.Complete());
        if (string.IsNullOrWhiteSpace(text.Text)) return Failed("nothing in its answer was true to its sources");
        condition.Worked();
        return true;

        bool Failed(string reason)
        {
            condition.Failed(reason);
            LogModelFailed(live.MessageId, reason);
            return false;
        }
    }

    private static AssistantMessage Said(AnswerContext context, LiveAnswer live, string text, AnswerOutcome outcome)
    {
        live.Append(text);
        return Message(context, live, text, outcome) with { OffersPerson = outcome is AnswerOutcome.NotFound or AnswerOutcome.Failed };
    }

    private static AssistantMessage Message(AnswerContext context, LiveAnswer live, string text, AnswerOutcome outcome) => new()
    {
        MessageId = live.MessageId.Value,
        ReplyTo = context.Question.Seq,
        Text = text,
        Outcome = outcome,
        Citations = [],
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "Question {Seq} is a follow-up and was rewritten by {Writer}")]
    private partial void LogRewritten(int seq, string writer);

    [LoggerMessage(Level = LogLevel.Error, Message = "No knowledge base answered for message {Message}")]
    private partial void LogSearchUnavailable(Exception exception, MessageId message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The language model failed on message {Message} ({Reason}); its sources are quoted instead")]
    private partial void LogModelFailed(MessageId message, string reason);
}

/// <summary>What there is to answer a question from.</summary>
/// <param name="Searched">What was searched for.</param>
/// <param name="Result">What the search found, beginning with what the answer rests on.</param>
/// <param name="Relevant">The hits that are close enough to the best one; the answer rests on them.</param>
/// <param name="IsEnough">Whether they are likely enough to hold the answer to give one.</param>
public sealed record Finding(SearchedQuestion Searched, SearchResult Result, IReadOnlyList<Hit> Relevant, bool IsEnough);

/// <summary>The models that can write an answer.</summary>
/// <param name="Configured">The language model, null when none is configured.</param>
/// <param name="Extractive">Quotes; always there.</param>
public sealed record ChatModels(IChatClient? Configured, ExtractiveChatClient Extractive);

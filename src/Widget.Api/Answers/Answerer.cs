using Widget.Api.Answers.SmallTalk;
using Widget.Api.Conversations;
using Widget.Api.Search;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Rag.Search;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>The question to answer and what is known around it.</summary>
public sealed record AnswerContext(
    TenantInfo Tenant,
    TenantSettings Settings,
    VisitorMessage Question,
    IReadOnlyList<ConversationEvent> History,
    IReadOnlyDictionary<string, string> PageContext)
{
    /// <summary>What the tenant's monthly limits still allow.</summary>
    public BudgetVerdict Budget { get; init; } = BudgetVerdict.Unlimited;

    /// <summary>The language model; null to quote the sources.</summary>
    public ChatModel? Model { get; init; }

    /// <summary>The tools that the model may call; null for none.</summary>
    public AnswerToolCalls? Tools { get; init; }

    /// <summary>Whether the visitor has declined in this conversation to have contact details kept.</summary>
    public bool ContactDeclined { get; init; }

    internal Phrases Phrases => Phrases.For(Question.Locale, Question.Text);
}

/// <summary>
/// Answers a question from the tenant's knowledge: finds passages, has the model write from them (or quotes them, when there is no model),
/// and checks what it cites. It says so when nothing is found, and never invents an answer.
/// </summary>
public sealed partial class Answerer(
    HybridSearch search,
    QuestionRewriter rewriter,
    ModelAnswerWriter writer,
    PassageRater rater,
    MessageOffers offers,
    TimeProvider clock,
    ILogger<Answerer> logger)
{
    internal const int MaxPassages = 6;

    private readonly RetryingSearch _retryingSearch = new(clock);

    /// <param name="context">What is asked.</param>
    /// <param name="live">Receives sources and text as they come.</param>
    /// <param name="attempt">Number of this attempt, from 1. If the model fails half-way, the answer starts again as the next.</param>
    /// <param name="stop">Cancelled when the visitor stops the answer: the text so far is the answer.</param>
    /// <param name="ct">Cancelled when this node leaves the answer to another one.</param>
    public async Task<AssistantMessage> AnswerAsync(
        AnswerContext context,
        LiveAnswer live,
        int attempt,
        CancellationToken stop,
        CancellationToken ct)
    {
        live.Begin(attempt);
        // Afterwards, so that no text waits for it. The search has computed the sentence vector by then.
        return offers.AddTo(await ReplyAsync(context, live, attempt, stop, ct), context);
    }

    private async Task<AssistantMessage> ReplyAsync(
        AnswerContext context,
        LiveAnswer live,
        int attempt,
        CancellationToken stop,
        CancellationToken ct)
    {
        if (SmallTalk(context) is { } reply)
            return Say(context, live, reply.Text, reply.Outcome) with { OffersPerson = reply.OffersPerson };
        try
        {
            var finding = await FindAsync(context, strategy: null, MaxPassages, live, stop, ct);
            return await AnswerAsync(context, finding, live, attempt, stop, ct);
        }
        catch (SearchUnavailableException e)
        {
            LogSearchUnavailable(e, live.MessageId);
            return Say(context, live, context.Phrases.Unavailable, AnswerOutcome.Failed);
        }
    }

    // A model with tools does what the other replies only offer, such as to call in a person.
    private static SmallTalkReply? SmallTalk(AnswerContext context) =>
        context.Phrases.SmallTalk(context.Question.Text) is { } reply
        && !(reply.OffersPerson && UsesModel(context) && context.Tools is { CanAct: true })
            ? reply
            : null;

    /// <summary>Finds the passages for an answer, and decides whether they are enough.</summary>
    /// <param name="context">What is asked.</param>
    /// <param name="strategy">Replaces the tenant's own.</param>
    /// <param name="limit">Most hits wanted; an answer uses only the first few.</param>
    /// <param name="ct">Ends the search.</param>
    /// <exception cref="SearchUnavailableException">Our knowledge base did not answer, and no other one found enough.</exception>
    public Task<Finding> FindAsync(AnswerContext context, SearchStrategyName? strategy, int limit, CancellationToken ct) =>
        FindAsync(context, strategy, limit, live: null, CancellationToken.None, ct);

    private async Task<Finding> FindAsync(
        AnswerContext context,
        SearchStrategyName? strategy,
        int limit,
        LiveAnswer? live,
        CancellationToken stop,
        CancellationToken ct)
    {
        var searched = context.Budget.MayUseModel
            ? await rewriter.RewriteAsync(context.Model, context.Question, context.History, ct)
            : QuestionRewriter.RewriteByRule(context.Question, context.History);
        searched = searched with { Text = QuestionMarkup.Strip(searched.Text) };
        if (searched.IsRewritten) LogRewritten(context.Question.Seq, searched.ByModel ? "the model" : "rule");
        return await _retryingSearch.FindAsync(running => FindAsync(context, searched, strategy, limit, running), live, stop, ct);
    }

    /// <summary>
    /// Finds the passages for a question as it is given, without rewriting it. If it has several parts, the search runs for the whole
    /// question and for each part.
    /// </summary>
    internal async Task<Finding> FindAsync(
        AnswerContext context,
        SearchedQuestion searched,
        SearchStrategyName? strategy,
        int limit,
        CancellationToken ct)
    {
        // A model answers all parts of a question by itself.
        if (UsesModel(context) || searched.IsRewritten) return await FindPartAsync(context, searched, strategy, limit, ct);
        var parts = QuestionParts.Read(searched.Text, context.Question.Locale);
        var whole = await FindPartAsync(context, parts.Count == 1 ? searched with { Text = parts[0].Text } : searched, strategy, limit, ct);
        if (parts.Count == 1) return whole;
        var findings = new List<PartFinding>();
        foreach (var part in parts) findings.Add(new PartFinding(part, await SearchPartAsync(part)));
        return whole with { Parts = findings, Tier = findings.Select(part => part.Found).Append(whole).Max(found => found.Tier) };

        async Task<Finding> SearchPartAsync(QuestionPart part)
        {
            var found = await FindPartAsync(context, searched with { Text = part.Searched }, strategy, limit, ct);
            if (found.Tier == AnswerTier.Sure || part.SearchedInContext is not { } wider) return found;
            var inContext = await FindPartAsync(context, searched with { Text = wider }, strategy, limit, ct);
            // A less certain passage may only match the subject of the part before.
            return inContext.Tier == AnswerTier.Sure ? inContext : found;
        }
    }

    private async Task<Finding> FindPartAsync(
        AnswerContext context,
        SearchedQuestion searched,
        SearchStrategyName? strategy,
        int limit,
        CancellationToken ct)
    {
        var found = await search.SearchAsync(
            new KnowledgeQuery { TenantId = context.Tenant.TenantId, Text = searched.Text, Limit = Math.Max(limit, MaxPassages) },
            SearchPlans.For(context.Settings, strategy),
            ct);
        if (found.Corrected is { } corrected) searched = searched with { Text = corrected };
        var relevant = RelevantPassages.Of(found.Hits, searched.Text, MaxPassages);
        if (FollowsUpOnDeleted(context, searched)) return new Finding(searched, found, relevant, AnswerTier.None);
        // A model reads the closest passages and says itself when they do not answer.
        if (UsesModel(context)) return new Finding(searched, found, relevant, relevant.Count > 0 ? AnswerTier.Sure : AnswerTier.None);
        var rated = await rater.RateAsync(searched.Text, found.Hits, ct);
        return new Finding(searched, found, relevant, PassageRater.TierOf(rated)) { Rated = rated };
    }

    // Whether the question follows up on an answer whose documents are all deleted. Other documents would be about something else.
    private static bool FollowsUpOnDeleted(AnswerContext context, SearchedQuestion searched) =>
        searched.IsRewritten
        && context.History.OfType<AssistantMessage>().LastOrDefault(message => message.Citations.Count > 0) is { } last
        && last.Citations.All(citation => citation.Removed);

    /// <summary>Answers from what was found. The other parameters are those of the first overload.</summary>
    public async Task<AssistantMessage> AnswerAsync(
        AnswerContext context,
        Finding finding,
        LiveAnswer live,
        int attempt,
        CancellationToken stop,
        CancellationToken ct)
    {
        var answer = await WriteOrQuoteAsync(context, finding, live, attempt, stop, ct);
        return finding.Searched.IsRewritten ? answer with { Searched = finding.Searched.Text } : answer;
    }

    private async Task<AssistantMessage> WriteOrQuoteAsync(
        AnswerContext context,
        Finding finding,
        LiveAnswer live,
        int attempt,
        CancellationToken stop,
        CancellationToken ct)
    {
        // With tools, the visitor may ask for one of them instead of for knowledge.
        if (context.Model is { } model && UsesModel(context) && (finding.IsEnough || context.Tools is not null))
        {
            Citation[] sources = finding.IsEnough ? [.. finding.Passages.Select(scored => scored.Passage)] : [];
            live.Cite(sources);
            if (await WriteAsync(context, model, sources, live, stop, ct) is { } written) return written;
            // The model failed, perhaps half-way, so the answer begins again with quotes.
            live.Begin(attempt + 1);
        }

        var quoted = await QuoteAsync(QuestionMarkup.Strip(context.Question.Text), finding, context.Phrases, ct);
        if (quoted is not null) return Show(context, live, quoted);
        return offers.ReplyWithoutPages(context) is { } reply
            ? Say(context, live, reply, AnswerOutcome.Answered) with { OffersPerson = true }
            : Say(context, live, context.Phrases.NotFound, AnswerOutcome.NotFound);
    }

    /// <summary>Quotes what was found, as an answer or as suggestions. Null when it is about something else.</summary>
    /// <param name="asked">What the visitor asks.</param>
    /// <param name="finding">What was found.</param>
    /// <param name="phrases">In the visitor's language.</param>
    /// <param name="ct">Cancels the comparison of sentences.</param>
    internal async Task<QuotedAnswer?> QuoteAsync(string asked, Finding finding, Phrases phrases, CancellationToken ct)
    {
        if (finding.Tier == AnswerTier.None) return null;
        if (finding.Parts.Count > 0 && QuoteParts(finding.Parts, Suggestions.For(phrases)) is { } inParts) return inParts;
        return QuotedAnswer.From(Suggestions.For(phrases).Intro, asked, finding.Searched.Text, await RatedAsync(finding, ct));
    }

    /// <summary>Whether the passages would be stated as an answer without a language model.</summary>
    internal async Task<bool> WouldStateAsync(Finding finding, CancellationToken ct) =>
        PassageRater.TierOf(await RatedAsync(finding, ct)) == AnswerTier.Sure;

    // If a model was to write the answer, the passages are not rated until it has failed.
    private async Task<IReadOnlyList<RatedPassage>> RatedAsync(Finding finding, CancellationToken ct) =>
        finding.Rated is { Count: > 0 } known
            ? known
            : await rater.RateAsync(finding.Searched.Text, finding.Result.Hits, ct);

    // Null when no part found anything.
    private static QuotedAnswer? QuoteParts(IReadOnlyList<PartFinding> parts, Suggestions suggestions)
    {
        QuotedAnswer[] answers =
        [
            .. parts.Select(part =>
                QuotedAnswer.From(
                    suggestions.IntroFor(part.Part.Text),
                    part.Part.Text,
                    part.Found.Searched.Text,
                    part.Found.Rated,
                    isPart: true)
                ?? QuotedAnswer.Missing(suggestions.MissingFor(part.Part.Text))),
        ];
        return Array.TrueForAll(answers, answer => answer.Citations.Count == 0) ? null : QuotedAnswer.Join(answers);
    }

    private static AssistantMessage Show(AnswerContext context, LiveAnswer live, QuotedAnswer answer)
    {
        live.Cite(answer.Citations);
        live.Append(answer.Text);
        return Message(context, live, answer.Text, answer.IsSuggestion ? AnswerOutcome.Suggested : AnswerOutcome.Quoted) with
        {
            Citations = answer.Citations,
            OffersPerson = !answer.IsComplete,
        };
    }

    // Without a model, or when the tenant has reached its monthly limit for it, answers quote the sources.
    private static bool UsesModel(AnswerContext context) => context.Budget.MayUseModel && context.Model is not null;

    // Null when the model failed.
    private async Task<AssistantMessage?> WriteAsync(
        AnswerContext context,
        ChatModel model,
        IReadOnlyList<Citation> sources,
        LiveAnswer live,
        CancellationToken stop,
        CancellationToken ct)
    {
        Citation[] earlier = [.. context.History.OfType<AssistantMessage>().SelectMany(message => message.Citations)];
        var gathered = new GatheredSources(sources);
        var task = new WritingTask(Prompt(context, sources), gathered, Verify, context.Tools);
        if (await writer.WriteAsync(model, task, live, stop, ct) is not { } written) return null;
        return Message(context, live, written.Text, stop.IsCancellationRequested ? AnswerOutcome.Stopped : AnswerOutcome.Answered) with
        {
            Citations = written.Cited,
            // A model that does not know the answer cites nothing.
            OffersPerson = written.Cited.Count == 0 && !gathered.HasToolResult,
        };

        VerifiedText Verify(GatheredSources known) =>
            new([.. known.Sources], new KnownLinks(known.Sources.Concat(earlier), context.Settings, known.Texts));
    }

    private static AnswerPrompt Prompt(AnswerContext context, IReadOnlyList<Citation> sources) => new(
        context.Tenant.Name,
        context.Settings.AgentName,
        sources,
        context.History,
        context.Question.Text,
        context.Question.Page,
        context.PageContext)
    {
        TenantInstructions = context.Settings.AgentInstructions,
        HasTools = context.Tools is not null,
    };

    private static AssistantMessage Say(AnswerContext context, LiveAnswer live, string text, AnswerOutcome outcome)
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
}

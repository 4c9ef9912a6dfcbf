using System.ClientModel;
using System.Text;
using Microsoft.Extensions.AI;
using Widget.Api.Conversations;
using Widget.Api.Search;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>The question to answer and what is known around it.</summary>
public sealed record AnswerContext(
    TenantInfo Tenant,
    TenantSettings Settings,
    VisitorMessage Question,
    IReadOnlyList<ConversationEvent> History,
    IReadOnlyDictionary<string, string> PageContext);

/// <summary>
/// Answers a question from the tenant's knowledge: finds passages, has the model write from them (or quotes them, when there is
/// no model), and checks what it cites. Says so when nothing is found; never invents.
/// </summary>
public sealed partial class Answerer(HybridSearch search, ChatModels models, ModelCondition condition, ILogger<Answerer> logger)
{
    private const int MostPassages = 6;

    // An answer is a few sentences; a model that runs on costs money and nobody reads it.
    private static readonly TimeSpan LongestWriting = TimeSpan.FromSeconds(90);
    private const int LongestAnswer = 16_000;

    /// <summary>
    /// Below this confidence the passages are about something else (docs/decisions/0008-when-to-say-no.md). Quoting has nobody who would
    /// notice, so it needs to be surer than a model, which is told to say so when its sources do not hold the answer.
    /// </summary>
    private const double LeastToQuote = 0.5;

    private const double LeastToAskModel = 0.25;

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

        SearchResult found;
        try
        {
            found = await search.SearchAsync(
                new KnowledgeQuery { TenantId = context.Tenant.TenantId, Text = context.Question.Text, Limit = MostPassages },
                SearchPlans.For(context.Settings),
                ct);
        }
        catch (SearchUnavailableException e)
        {
            LogSearchUnavailable(e, live.MessageId);
            return Said(context, live, phrases.Unavailable, AnswerOutcome.Failed);
        }

        var least = models.Configured is null ? LeastToQuote : LeastToAskModel;
        if (found.Hits.Count == 0 || found.Confidence < least) return Said(context, live, phrases.NotFound, AnswerOutcome.NotFound);

        var sources = found.Hits.Select(Passages.ToCitation).ToArray();
        live.Cite(sources);
        var prompt = new AnswerPrompt(
            context.Tenant.Name,
            context.Settings.AgentName,
            [.. sources.Zip(found.Hits, (source, hit) => new ScoredPassage(source, hit.Score / Math.Max(found.Hits[0].Score, double.Epsilon)))],
            context.History,
            context.Question.Text,
            context.Question.Page,
            context.PageContext);
        if (models.Configured is { } model && await WriteAsync(model, prompt, live, stop, ct) is { } written)
        {
            var (text, cited) = CitationNumbers.Check(written, sources);
            return Message(context, live, text, stop.IsCancellationRequested ? AnswerOutcome.Stopped : AnswerOutcome.Answered) with
            {
                Citations = cited,
                // An answer that rests on nothing is the model's way of not knowing.
                OffersPerson = cited.Count == 0,
            };
        }

        // There is no model, or it failed: the passages speak for themselves, from the start.
        if (models.Configured is not null)
        {
            live.Begin(attempt + 1);
            live.Cite(sources);
        }

        var quoted = await WriteAsync(models.Extractive, prompt, live, CancellationToken.None, ct);
        if (string.IsNullOrEmpty(quoted)) return Said(context, live, phrases.NotFound, AnswerOutcome.NotFound);
        return Message(context, live, quoted, AnswerOutcome.Quoted) with { Citations = CitationNumbers.Check(quoted, sources).Cited };
    }

    // Null when the model failed.
    private async Task<string?> WriteAsync(IChatClient model, AnswerPrompt prompt, LiveAnswer live, CancellationToken stop, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        either.CancelAfter(LongestWriting);
        var text = new StringBuilder();
        var complete = false;
        try
        {
            await foreach (var update in model.GetStreamingResponseAsync(prompt.Messages(), prompt.Options(), either.Token))
            {
                complete |= update.FinishReason is not null;
                if (update.Text.Length == 0) continue;
                text.Append(update.Text);
                live.Append(update.Text);
                if (text.Length <= LongestAnswer) continue;
                return Failed($"its answer is longer than {LongestAnswer} characters");
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return text.ToString();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever the model's server does wrong, the visitor gets an answer. What it says is not logged: it may repeat the question.
            return Failed(e is ClientResultException { Status: > 0 } refused ? $"status {refused.Status}" : e.GetType().Name);
        }

        // A stream that ends without saying why was cut off.
        if (model is ExtractiveChatClient) return text.ToString();
        if (!complete || text.Length == 0) return Failed("its answer was cut off");
        condition.Worked();
        return text.ToString();

        string? Failed(string reason)
        {
            condition.Failed(reason);
            LogModelFailed(live.MessageId, reason);
            return null;
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

    [LoggerMessage(Level = LogLevel.Error, Message = "No knowledge base answered for message {Message}")]
    private partial void LogSearchUnavailable(Exception exception, MessageId message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The language model failed on message {Message} ({Reason}); its sources are quoted instead")]
    private partial void LogModelFailed(MessageId message, string reason);
}

/// <summary>The models that can write an answer.</summary>
/// <param name="Configured">The language model, null when none is configured.</param>
/// <param name="Extractive">Quotes; always there.</param>
public sealed record ChatModels(IChatClient? Configured, ExtractiveChatClient Extractive);

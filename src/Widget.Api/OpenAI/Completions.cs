using Microsoft.Extensions.AI;
using Npgsql;
using Widget.Api.Answers;
using Widget.Api.Answers.SmallTalk;
using Widget.Api.SpokenMarkdown;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Rag.Search;

namespace Widget.Api.OpenAI;

/// <summary>How an answer ended, after its text was sent.</summary>
/// <param name="Finish">stop, length, content_filter or tool_calls.</param>
public sealed record Completion(string Finish)
{
    /// <summary>The client's functions that the model wants called.</summary>
    public IReadOnlyList<FunctionCallContent> Calls { get; init; } = [];

    /// <summary>The sources that the text cites.</summary>
    public IReadOnlyList<Citation> Citations { get; init; } = [];

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }
}

/// <summary>
/// Answers chat completions from a tenant's knowledge, by the same rules as visitors' questions in text. A client may send a request before
/// the visitor has finished speaking, then send another and drop the first. So nothing of a request is stored, and it ends when its client
/// disconnects.
/// </summary>
public sealed partial class Completions(
    Answerer answerer,
    ChatModels models,
    CompletionTools ownTools,
    MonthlyBudget budget,
    UsageMeter usage,
    ILogger<Completions> logger)
{
    private const int MaxRounds = 3;

    /// <param name="tenant">Whose knowledge is searched.</param>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="request">The request.</param>
    /// <param name="send">Sends a piece of the text to the client.</param>
    /// <param name="ct">Cancelled when the client disconnects.</param>
    /// <exception cref="OpenAIException">The request cannot be answered, or the answer broke off in the middle.</exception>
    public async Task<Completion> AnswerAsync(
        TenantInfo tenant,
        TenantSettings settings,
        ChatCompletionRequest request,
        Func<string, ValueTask> send,
        CancellationToken ct)
    {
        using var tally = ModelTally.Begin();
        try
        {
            var verdict = await budget.CheckAsync(tenant.TenantId, settings, ct);
            var model = await models.FindAsync(tenant.TenantId, ct);
            var conversation = new CompletionConversation(request);
            return await AnswerAsync(new CompletionContext(tenant, settings, request, conversation, verdict, model, send), ct);
        }
        finally
        {
            // A completion that failed or was cancelled is also counted.
            await CountAsync(tenant, tally.Use);
        }
    }

    private async Task<Completion> AnswerAsync(CompletionContext context, CancellationToken ct)
    {
        var (conversation, settings) = (context.Conversation, context.Settings);
        if (conversation.Question is not { } question)
            return await SendAsync(context, settings.Greeting ?? Phrases.For(settings.Locale, conversation.Instructions ?? "").Hello);
        var phrases = conversation.Phrases(settings);
        var offersFunctions = context.Request.Tools.Count > 0 && context.Request.ToolMode is not NoneChatToolMode;
        if (!conversation.HasLaterTurns && !offersFunctions && SmallTalk(phrases, question) is { } reply)
            return await SendAsync(context, reply.Text);
        var model = context.Budget.MayUseModel ? context.Model : null;
        if (model is null && context.Request.ToolMode is RequiredChatToolMode) throw NoModelForFunctions(context);
        if (await FindAsync(context, ct) is not { } finding) return await SendAsync(context, phrases.Unavailable);

        // When the client has functions, the visitor may ask for one of them instead of for knowledge.
        var mayCallFunctions = model is not null && (conversation.HasLaterTurns || offersFunctions);
        if (finding.Tier == AnswerTier.None && !mayCallFunctions) return await SendAsync(context, phrases.NotFound);
        IReadOnlyList<ScoredPassage> passages = finding.IsEnough ? finding.Passages : [];
        if (model is not null && await WriteAsync(context, model, passages, ct) is { } written) return written;
        if (await QuoteAsync(context, finding, ct) is { } quoted) return quoted;
        return await SendAsync(context, mayCallFunctions ? phrases.Unavailable : phrases.NotFound);
    }

    // The replies to the other kinds say that a person of the team gets the message. Nothing of a completion is stored or passed on.
    private static SmallTalkReply? SmallTalk(Phrases phrases, string question) =>
        phrases.SmallTalk(question) is { OffersPerson: false } reply ? reply : null;

    private static OpenAIException NoModelForFunctions(CompletionContext context) => OpenAIException.Invalid(
        context.Model is null
            ? "This installation has no language model, so no function can be called."
            : "This month's budget for the language model is used up, so no function can be called.",
        "tool_choice");

    // Null when the search is unavailable.
    private async Task<Finding?> FindAsync(CompletionContext context, CancellationToken ct)
    {
        var question = new AnswerContext(
            context.Tenant,
            context.Settings,
            context.Conversation.QuestionMessage,
            context.Conversation.History,
            new Dictionary<string, string>(StringComparer.Ordinal))
        {
            Budget = context.Budget,
            Model = context.Model,
        };
        try
        {
            // A rewrite by the model would delay the answer, and cost tokens for each request that is discarded.
            var searched = QuestionRewriter.RewriteByRule(question.Question, question.History);
            return await answerer.FindAsync(question, searched, strategy: null, Answerer.MaxPassages, ct);
        }
        catch (SearchUnavailableException)
        {
            LogSearchUnavailable(context.Tenant.TenantId.Value);
            return null;
        }
    }

    // Null when the model failed before any text was sent.
    private async Task<Completion?> WriteAsync(
        CompletionContext context,
        ChatModel model,
        IReadOnlyList<ScoredPassage> passages,
        CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(ModelAnswerWriter.MaxWritingTime);
        List<Citation> sources = [.. passages.Select(scored => scored.Passage)];
        var tools = await ownTools.ForAsync(context.Tenant, context.Settings, context.Request, ct);
        var writer = new CompletionWriter(model.Client, tools, sources, context.Settings, context.Send);
        try
        {
            var messages = await context.Conversation.MessagesAsync(Prompt(context, sources), limited.Token);
            var completion = await writer.RunAsync(messages, AnswerPrompt.Options(), MaxRounds, limited.Token);
            model.Status.RecordSuccess();
            return completion;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not OpenAIException)
        {
            // The message of the model's server is not logged, because it may repeat the question.
            var reason = e is ModelFailedException ? e.Message : model.MessageOf(e);
            model.Status.RecordFailure(reason);
            LogModelFailed(context.Tenant.TenantId.Value, reason);
            // Text that was sent may already have been spoken, so the answer ends here and is not restarted.
            if (writer.HasSent) throw OpenAIException.Unavailable("The answer broke off. Please ask again.");
            return null;
        }
    }

    private static AnswerPrompt Prompt(CompletionContext context, IReadOnlyList<Citation> sources) => new(
        context.Tenant.Name,
        context.Settings.AgentName,
        [.. sources],
        [],
        context.Conversation.Question!,
        Page: null,
        new Dictionary<string, string>(StringComparer.Ordinal))
    {
        TenantInstructions = context.Settings.AgentInstructions,
        CallerInstructions = context.Conversation.Instructions,
        IsSpoken = true,
    };

    // Null when no passage answers the question.
    private async Task<Completion?> QuoteAsync(CompletionContext context, Finding finding, CancellationToken ct)
    {
        var phrases = context.Conversation.Phrases(context.Settings);
        if (await answerer.QuoteAsync(context.Conversation.Question!, finding, phrases, ct) is not { } quoted) return null;
        return await SendAsync(context, SpokenText.Of(quoted.Text)) with { Citations = quoted.Citations };
    }

    private async Task CountAsync(TenantInfo tenant, ModelUse use)
    {
        if (use.IsEmpty) return;
        budget.Count(tenant.TenantId, UsageMeter.Completion, use);
        try
        {
            await usage.CountAsync(tenant.TenantId, UsageMeter.Completion, Guid.CreateVersion7(), use, CancellationToken.None);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // The tenant has been deleted.
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogNotCounted(SanitizedException.From(e), tenant.TenantId.Value, use.InputTokens + use.OutputTokens);
        }
    }

    private static async Task<Completion> SendAsync(CompletionContext context, string text)
    {
        await context.Send(text);
        return new Completion("stop");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Tokens} tokens of a completion of tenant {Tenant} could not be counted")]
    private partial void LogNotCounted(Exception exception, Guid tenant, long tokens);

    [LoggerMessage(Level = LogLevel.Error, Message = "No knowledge base answered a completion of tenant {Tenant}")]
    private partial void LogSearchUnavailable(Guid tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The language model failed on a completion of tenant {Tenant} ({Reason})")]
    private partial void LogModelFailed(Guid tenant, string reason);

    private sealed record CompletionContext(
        TenantInfo Tenant,
        TenantSettings Settings,
        ChatCompletionRequest Request,
        CompletionConversation Conversation,
        BudgetVerdict Budget,
        ChatModel? Model,
        Func<string, ValueTask> Send);
}

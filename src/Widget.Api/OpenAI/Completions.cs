using Microsoft.Extensions.AI;
using Npgsql;
using Widget.Api.Answers;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Rag.Search;

namespace Widget.Api.OpenAI;

/// <summary>How an answer ended, after its text was passed on.</summary>
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
/// Answers chat completions from a tenant's knowledge, by the same rules as visitors' questions in text. A program may send a request
/// before the visitor has finished, then send another and drop the first. So nothing of a request is stored, and it ends when its caller
/// disconnects.
/// </summary>
public sealed partial class Completions(
    Answerer answerer,
    ChatModel model,
    ModelCondition condition,
    CompletionTools ownTools,
    MonthlyBudget budget,
    UsageMeter usage,
    ILogger<Completions> logger)
{
    private const int MostRounds = 3;

    /// <param name="tenant">Whose knowledge is searched.</param>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="say">Takes the text as it comes.</param>
    /// <param name="ct">Cancelled when the caller is gone.</param>
    /// <exception cref="OpenAIException">The request cannot be answered, or the answer broke off half-way.</exception>
    public async Task<Completion> AnswerAsync(
        TenantInfo tenant,
        TenantSettings settings,
        ChatCompletionRequest request,
        Func<string, ValueTask> say,
        CancellationToken ct)
    {
        using var tally = ModelTally.Begin();
        try
        {
            var verdict = await budget.CheckAsync(tenant.TenantId, settings, ct);
            return await AnswerAsync(new Asked(tenant, settings, request, new CompletionConversation(request), verdict, say), ct);
        }
        finally
        {
            // A completion that failed or was cancelled is counted, too.
            await CountAsync(tenant, tally.Use);
        }
    }

    private async Task<Completion> AnswerAsync(Asked asked, CancellationToken ct)
    {
        var (conversation, settings) = (asked.Conversation, asked.Settings);
        if (conversation.Question is not { } question)
            return await SayAsync(asked, settings.Greeting ?? Phrases.For(settings.Locale, conversation.Instructions ?? "").Hello);
        var phrases = conversation.Phrases(settings);
        if (!conversation.HasGoneOn && phrases.SmallTalk(question) is { } reply) return await SayAsync(asked, reply.Text);
        var client = asked.Budget.MayUseModel ? model.Client : null;
        if (client is null && asked.Request.ToolMode is RequiredChatToolMode) throw CannotCall();
        if (await FindAsync(asked, ct) is not { } finding) return await SayAsync(asked, phrases.Unavailable);

        // When the client has functions, the visitor's words may ask for one of them instead of for knowledge.
        var mayAct = client is not null
            && (conversation.HasGoneOn || (asked.Request.Tools.Count > 0 && asked.Request.ToolMode is not NoneChatToolMode));
        if (!finding.IsEnough && !mayAct) return await SayAsync(asked, phrases.NotFound);
        IReadOnlyList<ScoredPassage> passages = finding.IsEnough ? finding.Passages : [];
        if (client is not null && await WriteAsync(asked, client, passages, ct) is { } written) return written;
        if (await QuoteAsync(asked, finding, passages) is { } quoted) return quoted;
        return await SayAsync(asked, mayAct ? phrases.Unavailable : phrases.NotFound);
    }

    private OpenAIException CannotCall() => OpenAIException.Invalid(
        model.Client is null
            ? "This installation has no language model, so no function can be called."
            : "This month's budget for the language model is used up, so no function can be called.",
        "tool_choice");

    // Null when the search is unavailable.
    private async Task<Finding?> FindAsync(Asked asked, CancellationToken ct)
    {
        var context = new AnswerContext(
            asked.Tenant,
            asked.Settings,
            asked.Conversation.Asked,
            asked.Conversation.Before,
            new Dictionary<string, string>(StringComparer.Ordinal))
        {
            Budget = asked.Budget,
        };
        try
        {
            // A rewrite by the model would cost more time than it is worth here, and tokens for each request that is discarded.
            var searched = QuestionRewriter.RewriteByRule(context.Question, context.History);
            return await answerer.FindAsync(context, searched, strategy: null, Answerer.MostPassages, ct);
        }
        catch (SearchUnavailableException)
        {
            LogSearchUnavailable(asked.Tenant.TenantId.Value);
            return null;
        }
    }

    // Null when the model failed before it had said anything.
    private async Task<Completion?> WriteAsync(Asked asked, IChatClient client, IReadOnlyList<ScoredPassage> passages, CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(ModelAnswerWriter.LongestWriting);
        List<Citation> sources = [.. passages.Select(scored => scored.Passage)];
        var tools = ownTools.For(asked.Tenant, asked.Settings, asked.Request);
        var writing = new CompletionWriting(client, tools, sources, asked.Settings, asked.Say);
        try
        {
            var messages = await asked.Conversation.MessagesAsync(Prompt(asked, sources), limited.Token);
            var completion = await writing.RunAsync(messages, AnswerPrompt.Options(), MostRounds, limited.Token);
            condition.Worked();
            return completion;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not OpenAIException)
        {
            // What the model's server says is not logged: it may repeat the question.
            var reason = e is ModelFailedException ? e.Message : ModelFault.InWords(e);
            condition.Failed(reason);
            LogModelFailed(asked.Tenant.TenantId.Value, reason);
            // Text that was passed on may have been spoken already, so the answer ends here and is not restarted.
            if (writing.HasSpoken) throw OpenAIException.Unavailable("The answer broke off. Please ask again.");
            return null;
        }
    }

    private static AnswerPrompt Prompt(Asked asked, IReadOnlyList<Citation> sources) => new(
        asked.Tenant.Name,
        asked.Settings.AgentName,
        [.. sources],
        [],
        asked.Conversation.Question!,
        Page: null,
        new Dictionary<string, string>(StringComparer.Ordinal))
    {
        TenantsInstructions = asked.Settings.AgentInstructions,
        CallersInstructions = asked.Conversation.Instructions,
        IsSpoken = true,
    };

    // Null when no passage answers the question.
    private static async Task<Completion?> QuoteAsync(Asked asked, Finding finding, IReadOnlyList<ScoredPassage> passages)
    {
        var quoted = ExtractiveAnswer.Write(asked.Conversation.Question!, finding.Searched.Text, passages);
        if (quoted.Length == 0) return null;
        var cited = CitationNumbers.CitedBy(quoted, [.. passages.Select(scored => scored.Passage)]);
        return await SayAsync(asked, SpokenText.Of(quoted)) with { Citations = cited };
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

    private static async Task<Completion> SayAsync(Asked asked, string text)
    {
        await asked.Say(text);
        return new Completion("stop");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Tokens} tokens of a completion of tenant {Tenant} could not be counted")]
    private partial void LogNotCounted(Exception exception, Guid tenant, long tokens);

    [LoggerMessage(Level = LogLevel.Error, Message = "No knowledge base answered a completion of tenant {Tenant}")]
    private partial void LogSearchUnavailable(Guid tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The language model failed on a completion of tenant {Tenant} ({Reason})")]
    private partial void LogModelFailed(Guid tenant, string reason);

    private sealed record Asked(
        TenantInfo Tenant,
        TenantSettings Settings,
        ChatCompletionRequest Request,
        CompletionConversation Conversation,
        BudgetVerdict Budget,
        Func<string, ValueTask> Say);
}

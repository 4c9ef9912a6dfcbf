using Microsoft.Extensions.AI;
using Npgsql;
using Widget.Api.Answers;
using Widget.Api.Search;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.OpenAI;

/// <summary>What an answer came to, once its text has been said.</summary>
/// <param name="Finish">stop, length, content_filter or tool_calls.</param>
public sealed record Completion(string Finish)
{
    /// <summary>The client's functions that it is asked to call.</summary>
    public IReadOnlyList<FunctionCallContent> Calls { get; init; } = [];

    /// <summary>What the text rests on.</summary>
    public IReadOnlyList<Citation> Citations { get; init; } = [];

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }
}

/// <summary>
/// Answers chat completions from a tenant's knowledge, by the rules by which visitors are answered in text. A program may ask before the visitor
/// has finished, ask again and give up half-way: nothing is kept of a request and nothing follows from it, and whoever goes ends it.
/// </summary>
public sealed partial class Completions(Answerer answerer, ChatModels models, ModelCondition condition, CompletionTools ownTools, MonthlyBudget budget, UsageMeter usage, ILogger<Completions> logger)
{
    private const int MostRounds = 3;

    /// <param name="tenant">Whose knowledge.</param>
    /// <param name="settings">The tenant's.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="say">Takes the text as it comes.</param>
    /// <param name="ct">The caller has gone.</param>
    /// <exception cref="OpenAIException">It cannot be answered, or broke off after something had been said.</exception>
    public async Task<Completion> AnswerAsync(TenantInfo tenant, TenantSettings settings, ChatCompletionRequest request, Func<string, ValueTask> say, CancellationToken ct)
    {
        using var tally = ModelTally.Begin();
        try
        {
            return await AnswerWithinAsync(await budget.CheckAsync(tenant.TenantId, settings, ct), tenant, settings, request, say, ct);
        }
        finally
        {
            // Also count a completion that failed or was cancelled.
            await CountAsync(tenant, tally.Use);
        }
    }

    private async Task<Completion> AnswerWithinAsync(
        BudgetVerdict verdict, TenantInfo tenant, TenantSettings settings, ChatCompletionRequest request, Func<string, ValueTask> say, CancellationToken ct)
    {
        var configured = verdict.MayUseModel ? models.Configured : null;
        var conversation = new CompletionConversation(request);
        if (conversation.Question is not { } question)
            return await SaidAsync(settings.Greeting ?? Phrases.For(settings.Locale, conversation.Instructions ?? "").Hello, say);
        var phrases = conversation.Phrases(settings);
        if (!conversation.HasGoneOn && phrases.SmallTalk(question) is { } reply) return await SaidAsync(reply, say);
        if (configured is null && request.ToolMode is RequiredChatToolMode)
        {
            throw OpenAIException.Invalid(
                models.Configured is null
                    ? "This installation has no language model, so no function can be called."
                    : "This month's budget for the language model is used up, so no function can be called.",
                "tool_choice");
        }

        var context = new AnswerContext(tenant, settings, conversation.Asked, conversation.Before, new Dictionary<string, string>(StringComparer.Ordinal)) { Budget = verdict };
        Finding finding;
        try
        {
            // Asking the model to rewrite a follow-up first would cost more time than it gains here, and be paid for each time a request is thrown away.
            finding = await answerer.FindAsync(context, QuestionRewriter.RewriteByRule(context.Question, context.History), strategy: null, Answerer.MostPassages, ct);
        }
        catch (SearchUnavailableException)
        {
            LogSearchUnavailable(tenant.TenantId.Value);
            return await SaidAsync(phrases.Unavailable, say);
        }

        // Where the client has functions, what was said may be a wish and no question.
        var mayAct = configured is not null && (conversation.HasGoneOn || (request.Tools.Count > 0 && request.ToolMode is not NoneChatToolMode));
        if (!finding.IsEnough && !mayAct) return await SaidAsync(phrases.NotFound, say);
        var relevant = finding.IsEnough ? finding.Relevant : [];
        var sources = relevant.Select(Passages.ToCitation).ToList();
        var prompt = new AnswerPrompt(
            tenant.Name,
            settings.AgentName,
            [.. sources.Zip(relevant, (source, hit) => new ScoredPassage(source, hit.Score / Math.Max(relevant[0].Score, double.Epsilon)))],
            [],
            question,
            finding.Searched.Text,
            Page: null,
            context.PageContext)
        {
            TenantsInstructions = settings.AgentInstructions,
            CallersInstructions = conversation.Instructions,
            IsSpoken = true,
        };
        if (configured is { } model)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limited.CancelAfter(Answerer.LongestWriting);
            var writing = new CompletionWriting(model, ownTools.For(tenant, settings, request), sources, settings, say);
            try
            {
                var completion = await writing.RunAsync(conversation.Messages(prompt), prompt.Options(), MostRounds, limited.Token);
                condition.Worked();
                return completion;
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is not OpenAIException)
            {
                // What the model's server says is not logged: it may repeat the question.
                var reason = e is ModelFailedException ? e.Message : ModelFault.InWords(e);
                condition.Failed(reason);
                LogModelFailed(tenant.TenantId.Value, reason);
                // What has been said cannot be taken back, and somebody hears it: better to break off than to begin anew.
                if (writing.HasSpoken) throw OpenAIException.Unavailable("The answer broke off. Please ask again.");
            }
        }

        var quoted = sources.Count == 0 ? "" : (await models.Extractive.GetResponseAsync(prompt.Messages(), prompt.Options(), ct)).Text;
        if (quoted.Length == 0) return await SaidAsync(mayAct ? phrases.Unavailable : phrases.NotFound, say);
        return await SaidAsync(SpokenText.Of(quoted), say) with { Citations = CitationNumbers.CitedBy(quoted, sources) };
    }

    private async Task CountAsync(TenantInfo tenant, ModelUse use)
    {
        if (use.IsNothing) return;
        budget.Count(tenant.TenantId, UsageMeter.Completion, use);
        try
        {
            await usage.CountAsync(tenant.TenantId, UsageMeter.Completion, Guid.CreateVersion7(), use, CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogNotCounted(e, tenant.TenantId.Value, use.InputTokens + use.OutputTokens);
        }
    }

    private static async Task<Completion> SaidAsync(string text, Func<string, ValueTask> say)
    {
        await say(text);
        return new Completion("stop");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Tokens} tokens of a completion of tenant {Tenant} could not be counted")]
    private partial void LogNotCounted(Exception exception, Guid tenant, long tokens);

    [LoggerMessage(Level = LogLevel.Error, Message = "No knowledge base answered a completion of tenant {Tenant}")]
    private partial void LogSearchUnavailable(Guid tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The language model failed on a completion of tenant {Tenant} ({Reason})")]
    private partial void LogModelFailed(Guid tenant, string reason);
}

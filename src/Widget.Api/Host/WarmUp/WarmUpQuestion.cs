using System.Text.Json;
using Microsoft.Extensions.Options;
using Widget.Api.Answers;
using Widget.Api.Chat;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;

namespace Widget.Api.Host.WarmUp;

/// <summary>A question without a visitor that runs the same code as a real one.</summary>
internal sealed class WarmUpQuestion(
    SessionService sessions,
    TenantDatabase database,
    ConversationFeed feed,
    LiveAnswers answers,
    AnswerLeases leases,
    Answerer answerer,
    ChatModels models,
    EmbeddingModels embeddings,
    TenantSecrets secrets,
    IMultiTenantStore tenants,
    IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json)
{
    private static readonly TenantInfo WarmUpTenant = new(new TenantId(Guid.Empty), "warm-up", "Warm-up");

    /// <param name="lane">The lane. With the round, it makes each question different: a repeated one would come from the cache.</param>
    /// <param name="round">The number of the question in its lane.</param>
    /// <param name="ct">Ends the question.</param>
    public async Task AskAsync(int lane, int round, CancellationToken ct)
    {
        await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + WarmUpTenant.TenantId, ct);
        await secrets.ReadAsync(WarmUpTenant.TenantId, TenantSecrets.VoiceKey, ct);
        await leases.RenewAsync([], ct);
        var settings = await sessions.WarmUpAsync(WarmUpTenant, ct);
        var question = new VisitorMessage { ClientId = "warm-up", Text = $"How much is delivery number {lane} {round}?", Locale = "en" };
        var context = new AnswerContext(WarmUpTenant, settings, question, [], new Dictionary<string, string>(StringComparer.Ordinal))
        {
            Model = await models.FindAsync(WarmUpTenant.TenantId, ct),
        };
        // A remote embedding model is not called, because each call costs money.
        if (EmbeddingModels.IsLocal(embeddings.Default)) await answerer.FindAsync(context, strategy: null, Answerer.MaxPassages, ct);
        await FollowAsync(await QuoteAsync(question.Text, ct), ct);
        await AppendAsync(question, ct);
    }

    private static async Task<AssistantMessage> QuoteAsync(string question, CancellationToken ct)
    {
        var passage = new Citation(
            1,
            "Delivery",
            null,
            ["Prices"],
            null,
            "Delivery costs 5 euros. It takes three days.\n\nReturns are free.",
            []);
        var prompt = new AnswerPrompt(
            WarmUpTenant.Name, "Assistant", [passage], [], question, null, new Dictionary<string, string>(StringComparer.Ordinal));
        await prompt.MessagesAsync(ct);
        var quoted = QuotedAnswer.State(question, question, [new RatedPassage(passage, 1, [new RatedSentence(passage.Text, 1)])]);
        return new AssistantMessage
        {
            MessageId = Guid.CreateVersion7(),
            ReplyTo = 1,
            Text = quoted.Text,
            Outcome = AnswerOutcome.Quoted,
            Citations = quoted.Citations,
        };
    }

    private async Task FollowAsync(AssistantMessage answer, CancellationToken ct)
    {
        var conversation = ConversationId.New();
        var live = answers.Start(new MessageId(answer.MessageId), conversation);
        live.Begin(1);
        live.Cite(answer.Citations);
        live.Append(answer.Text);
        foreach (var update in new AnswerCursor().Advance(live))
            JsonSerializer.Serialize(new ConversationUpdate { Answer = update }, json.Value.SerializerOptions);
        answers.End(live);
        // The conversation does not exist, so the watch ends at once.
        await foreach (var _ in feed.WatchAsync(WarmUpTenant.TenantId, conversation, 0, ct)) break;
    }

    // The conversation does not exist, so nothing is written.
    private async Task AppendAsync(VisitorMessage question, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(WarmUpTenant.TenantId, ct);
        var conversation = ConversationId.New();
        await ConversationLog.LockAsync(db, conversation, visitor: null, ct);
        await ConversationLog.FindAsync<VisitorMessage>(db, conversation, question.ClientId!, ct);
        try
        {
            await ConversationLog.AppendAsync(db, conversation, question, ct);
        }
        catch (InvalidOperationException)
        {
            // Expected: the conversation does not exist.
        }
    }
}

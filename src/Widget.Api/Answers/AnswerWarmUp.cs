using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Rag.Embeddings;
using Widget.Rag.Storage;

namespace Widget.Api.Answers;

/// <summary>
/// Goes the way of a question before the server takes requests, for a tenant that does not exist: it finds nothing and writes nothing. The code is compiled
/// and connections are open by then, so that many visitors right after a start need not wait for that.
/// </summary>
internal sealed partial class AnswerWarmUp(
    AskService asks,
    ConversationLog log,
    Answerer answerer,
    ChatModels models,
    EmbeddingModels embeddings,
    TenantSettingsService settings,
    TenantSecrets secrets,
    IMultiTenantStore tenants,
    ILogger<AnswerWarmUp> logger) : IHostedService
{
    private const int Lanes = 8;
    private const int RoundsEach = 8;

    // A database that is slow or away must not keep the server from starting.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // What has been compiled stays compiled for the life of the process.
    private static int _done;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _done, 1) == 1) return;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Longest);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => RunAsync(lane, limited.Token), limited.Token)));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogEndedEarly(e is OperationCanceledException ? "it took too long" : "a fault");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RunAsync(int lane, CancellationToken ct)
    {
        var tenant = new TenantInfo(new TenantId(Guid.Empty), "warm-up", "Warm-up");
        for (var round = 0; round < RoundsEach; round++)
        {
            await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant.TenantId, ct);
            await secrets.ReadAsync(tenant.TenantId, TenantSecrets.VoiceKey, ct);
            var own = await settings.ReadAsync(tenant.TenantId, ct);
            await log.ReadAsync(tenant.TenantId, ConversationId.New(), VisitorId.New(), 0, ct);

            // Never the same question twice: the second would be answered from memory.
            var question = new VisitorMessage { ClientId = "warm-up", Text = $"How much is delivery number {lane} {round}?", Locale = "en" };
            await asks.AskAsync(
                tenant.TenantId, VisitorId.New(), ConversationId.New(), new MessageRequest { ClientId = question.ClientId, Text = question.Text }, ct);
            var context = new AnswerContext(tenant, own, question, [], new Dictionary<string, string>(StringComparer.Ordinal));
            if (EmbeddingModels.IsLocal(embeddings.Default)) await answerer.FindAsync(context, strategy: null, Answerer.MostPassages, ct);
            await QuoteAsync(question.Text, ct);
        }
    }

    private async Task QuoteAsync(string question, CancellationToken ct)
    {
        var passage = new Citation(1, "Delivery", null, ["Prices"], null, "Delivery costs 5 euros. It takes three days.\n\nReturns are free.", []);
        var prompt = new AnswerPrompt(
            "Warm-up", "Assistant", [new ScoredPassage(passage, 1)], [], question, question, null, new Dictionary<string, string>(StringComparer.Ordinal));
        await models.Extractive.GetResponseAsync(prompt.Messages(), prompt.Options(), ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The warm-up ended early ({Reason}); the first answers may take longer")]
    private partial void LogEndedEarly(string reason);
}

using Widget.Api.Conversations;
using Widget.Api.Modes;
using Widget.Api.Speech;
using Widget.Api.Speech.Dictation;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Chat;

/// <summary>
/// Opens sessions. A session's response names the visitor and the conversation that continues, and contains the widget's configuration.
/// </summary>
internal sealed class SessionService(
    TenantDatabase database,
    TenantSettingsService settings,
    AvailableModes modes,
    SpeechAvailability speech,
    DictationService dictation,
    VisitorTokens tokens)
{
    /// <summary>
    /// Opens a session. An unknown visitor id, such as that of an erased visitor, is replaced by a new one.
    /// </summary>
    /// <param name="tenant">The tenant whose widget it is.</param>
    /// <param name="request">The widget's request.</param>
    /// <param name="origin">The site of the request, which was checked; null when the caller is not a browser.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<SessionResponse> OpenAsync(TenantInfo tenant, SessionRequest request, string? origin, CancellationToken ct)
    {
        var tenantSettings = await settings.ReadAsync(tenant.TenantId, ct);
        var existing = request.VisitorId is { } id ? await FindAsync(tenant.TenantId, new VisitorId(id), ct) : null;
        var visitor = existing?.Visitor ?? VisitorId.New();
        var conversation = request.NewConversation ? null : existing?.Last;
        if (conversation is null)
        {
            conversation = new LastConversation(ConversationId.New(), LastSeq: 0);
            await AddAsync(tenant.TenantId, visitor, existing is null, conversation.Id, ct);
        }

        var (token, expires) = tokens.Create(new VisitorTicket(tenant.TenantId, visitor, origin));
        return new SessionResponse(
            token,
            expires,
            visitor.Value,
            conversation.Id.Value,
            conversation.LastSeq,
            await ConfigAsync(tenant, tenantSettings, request.Abilities, ct));
    }

    /// <summary>Does the same work as opening a session, but adds no visitor and no conversation.</summary>
    internal async Task<TenantSettings> WarmUpAsync(TenantInfo tenant, CancellationToken ct)
    {
        var tenantSettings = await settings.ReadAsync(tenant.TenantId, ct);
        var visitor = VisitorId.New();
        await FindAsync(tenant.TenantId, visitor, ct);
        tokens.Create(new VisitorTicket(tenant.TenantId, visitor, Origin: null));
        await ConfigAsync(tenant, tenantSettings, abilities: null, ct);
        return tenantSettings;
    }

    // Every page view opens a session, so each of these methods is one round trip.
    private async Task<KnownVisitor?> FindAsync(TenantId tenant, VisitorId visitor, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            select conversation.id, conversation.last_seq
            from visitors visitor
            left join lateral (
              select id, last_seq from conversations
              where tenant_id = $1 and visitor_id = visitor.id
              order by updated_at desc
              limit 1
            ) conversation on true
            where visitor.tenant_id = $1 and visitor.id = $2
            """,
            [tenant.Value, visitor.Value]);
        await using var row = await batch.ReadAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        var last = row.IsDBNull(0) ? null : new LastConversation(new ConversationId(row.GetGuid(0)), row.GetInt32(1));
        return new KnownVisitor(visitor, last);
    }

    private async Task AddAsync(TenantId tenant, VisitorId visitor, bool isNew, ConversationId conversation, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant);
        if (isNew) batch.Add("insert into visitors (tenant_id, id) values ($1, $2)", [tenant.Value, visitor.Value]);
        batch.Add(
            "insert into conversations (tenant_id, id, visitor_id) values ($1, $2, $3)",
            [tenant.Value, conversation.Value, visitor.Value]);
        await batch.RunAsync(ct);
    }

    private sealed record KnownVisitor(VisitorId Visitor, LastConversation? Last);

    private sealed record LastConversation(ConversationId Id, int LastSeq);

    private async Task<WidgetConfig> ConfigAsync(
        TenantInfo tenant,
        TenantSettings settings,
        IReadOnlyList<string>? abilities,
        CancellationToken ct)
    {
        var available = await modes.OfVisitorAsync(tenant.TenantId, settings, abilities, ct);
        return new()
        {
            TenantName = tenant.Name,
            AgentName = settings.AgentName,
            Greeting = settings.Greeting,
            SuggestedQuestions = settings.SuggestedQuestions,
            Theme = settings.Theme,
            Locale = settings.Locale,
            ContactUrl = settings.ContactUrl,
            HostedUrl = $"/widget/{tenant.Slug}",
            Modes = available,
            Speech = available.Contains(speech.Mode) ? await speech.OfferAsync(tenant.TenantId, settings.Speech, ct) : null,
            Dictation = dictation.Offer(settings.Speech, abilities),
        };
    }
}

using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Modes;
using Widget.Api.Speech;
using Widget.Api.Speech.Dictation;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;

namespace Widget.Api.Visitors;

/// <summary>Opens sessions: who the visitor is, which conversation goes on, how the widget looks.</summary>
internal sealed class SessionService(
    ConversationDatabase database, TenantSettingsService settings, ModeOffers modes, SpeechMode speech, DictationService dictation, VisitorTokens tokens)
{
    /// <summary>
    /// Opens a session. A visitor that is unknown here, perhaps erased, becomes a new one.
    /// </summary>
    /// <param name="tenant">Whose visitor.</param>
    /// <param name="request">What the widget asks for.</param>
    /// <param name="origin">The site it asks from, already allowed; null for a caller that is no browser.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<SessionResponse> OpenAsync(TenantInfo tenant, SessionRequest request, string? origin, CancellationToken ct)
    {
        var tenantSettings = await settings.ReadAsync(tenant.TenantId, ct);
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        var visitor = await FindOrAddVisitorAsync(db, request.VisitorId, ct);
        var conversation = request.NewConversation ? null : await LastConversationAsync(db, visitor, ct);
        if (conversation is null)
        {
            conversation = new Conversation { TenantId = tenant.TenantId, Id = ConversationId.New(), VisitorId = visitor, Context = [] };
            db.Conversations.Add(conversation);
        }

        await db.CommitAsync(ct);
        var (token, expires) = tokens.Create(new VisitorTicket(tenant.TenantId, visitor, origin));
        return new SessionResponse(token, expires, visitor.Value, conversation.Id.Value, conversation.LastSeq, await ConfigAsync(tenant, tenantSettings, request.Abilities, ct));
    }

    private static async Task<VisitorId> FindOrAddVisitorAsync(ConversationDb db, Guid? known, CancellationToken ct)
    {
        if (known is { } value)
        {
            var id = new VisitorId(value);
            if (await db.Visitors.AnyAsync(row => row.Id == id, ct)) return id;
        }

        var added = VisitorId.New();
        db.Visitors.Add(new Visitor { TenantId = db.TenantId, Id = added, Traits = [] });
        return added;
    }

    private static Task<Conversation?> LastConversationAsync(ConversationDb db, VisitorId visitor, CancellationToken ct) =>
        db.Conversations.AsNoTracking().Where(row => row.VisitorId == visitor).OrderByDescending(row => row.UpdatedAt).FirstOrDefaultAsync(ct);

    private async Task<WidgetConfig> ConfigAsync(TenantInfo tenant, TenantSettings settings, IReadOnlyList<string>? abilities, CancellationToken ct)
    {
        var offered = await modes.OfVisitorAsync(tenant.TenantId, settings, abilities, ct);
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
            Modes = offered,
            Speech = offered.Contains(speech.Mode) ? await speech.OfferAsync(tenant.TenantId, settings.Speech, ct) : null,
            Dictation = dictation.Offer(settings.Speech, abilities),
        };
    }
}

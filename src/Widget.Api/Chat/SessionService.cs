using Microsoft.AspNetCore.WebUtilities;
using Widget.Api.Agents;
using Widget.Api.Chat.Transcripts;
using Widget.Api.Conversations;
using Widget.Api.Leads;
using Widget.Api.Leads.Qualification;
using Widget.Api.Meetings;
using Widget.Api.Modes;
using Widget.Api.Selling.Demos;
using Widget.Api.Selling.Prices;
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
    SessionVisitors sessionVisitors,
    IdentityProofs proofs,
    VisitorService visitors,
    TenantSettingsService settings,
    ConversationAgents agents,
    OwnHosts hosts,
    AvailableModes modes,
    SpeechAvailability speech,
    DictationService dictation,
    TranscriptService transcripts,
    MeetingOffers meetings,
    QualificationService qualifications,
    DemoFinder demos,
    PriceService prices,
    ContinueLinks links,
    VisitorTokens tokens,
    TimeProvider clock)
{
    /// <summary>
    /// Opens a session. A visitor id that is unknown, such as that of an erased visitor, is replaced by a new one. The id of a
    /// visitor with a verified identity is also replaced, unless the request proves the same identity.
    /// </summary>
    /// <param name="tenant">The tenant whose widget it is.</param>
    /// <param name="request">The widget's request.</param>
    /// <param name="origin">The site of the request, which was checked; null when the caller is not a browser.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Null if the proof of the visitor's identity is wrong.</returns>
    public async Task<SessionResponse?> OpenAsync(TenantInfo tenant, SessionRequest request, string? origin, CancellationToken ct)
    {
        var id = tenant.TenantId;
        var verified = request.Identity is { Hash: not null } proved ? proved.Id! : null;
        if (verified is not null && !await proofs.IsValidAsync(id, verified, request.Identity!.Hash!, ct)) return null;

        var tenantSettings = await settings.ReadAsync(id, ct);
        var existing = await FindAsync(id, request, verified, ct);
        var visitor = existing?.Id ?? VisitorId.New();
        var conversation = request.NewConversation ? null : existing?.Last;
        if (conversation is null)
        {
            conversation = new OpenConversation(ConversationId.New(), LastSeq: 0);
            await sessionVisitors.AddAsync(id, visitor, existing is null, request.Locale, conversation.Id, ct);
        }

        var agent = await AgentAsync(id, tenantSettings, conversation, request, ct);
        if (agent is { } chosen) tenantSettings = await agents.ApplyAsync(id, tenantSettings, chosen, ct);
        if (existing is not null && request.Locale is { } locale && locale != existing.Locale)
            await sessionVisitors.SetLocaleAsync(id, visitor, locale, ct);
        var ticket = new VisitorTicket(id, visitor, origin);
        if (request.Identity is { } who)
            await visitors.IdentifyAsync(ticket, new IdentifyRequest { Id = who.Id, Name = who.Name, Email = who.Email }, ct);
        var (token, expires) = tokens.Create(ticket);
        return new SessionResponse(
            token,
            expires,
            visitor.Value,
            conversation.Id.Value,
            conversation.LastSeq,
            await ConfigAsync(tenant, tenantSettings, request.Abilities, ct) with { AgentId = agent?.Value },
            verified is not null,
            conversation.ReadSeq);
    }

    /// <summary>Does the same work as opening a session, but adds no visitor and no conversation.</summary>
    internal async Task<TenantSettings> WarmUpAsync(TenantInfo tenant, CancellationToken ct)
    {
        var tenantSettings = await settings.ReadAsync(tenant.TenantId, ct);
        var visitor = VisitorId.New();
        await sessionVisitors.FindAsync(tenant.TenantId, visitor, requested: null, ct);
        tokens.Create(new VisitorTicket(tenant.TenantId, visitor, Origin: null));
        await ConfigAsync(tenant, tenantSettings, abilities: null, ct);
        return tenantSettings;
    }

    // Who answers in the conversation: the agent that the visitor wants, if that is allowed; in a new conversation, otherwise the default.
    private async Task<AgentId?> AgentAsync(
        TenantId tenant,
        TenantSettings current,
        OpenConversation conversation,
        SessionRequest request,
        CancellationToken ct)
    {
        var wanted = request.AgentId ?? (current.Agents.VisitorsChoose ? AgentOf(request.Page) : null);
        var isNew = conversation is { LastSeq: 0, Agent: null };
        if (!isNew && (wanted is null || wanted == conversation.Agent?.Value)) return conversation.Agent;
        if (await agents.ForVisitorAsync(tenant, current, wanted, isNew, ct) is not { } agent) return conversation.Agent;
        return await agents.ChooseAsync(tenant, conversation.Id, visitor: null, agent, ct) ? agent : conversation.Agent;
    }

    // A link can name the agent, such as those of the page on which agents are shown.
    private static Guid? AgentOf(string? page) =>
        page is not null && Uri.TryCreate(page, UriKind.Absolute, out var address)
        && Guid.TryParse(QueryHelpers.ParseQuery(address.Query).GetValueOrDefault("agent").ToString(), out var agent)
            ? agent
            : null;

    private async Task<SessionVisitor?> FindAsync(TenantId tenant, SessionRequest request, string? verified, CancellationToken ct)
    {
        VisitorId? browser = request.VisitorId is { } visitor ? new VisitorId(visitor) : null;
        ConversationId? requested = request.ConversationId is { } conversation ? new ConversationId(conversation) : null;
        if (verified is null && !request.NewConversation && links.Read(tenant, request.Page) is { } continued
            && await sessionVisitors.FindOfAsync(tenant, continued, ct) is { } reader)
        {
            return reader;
        }

        if (verified is not null) return await sessionVisitors.FindVerifiedAsync(tenant, verified, browser, requested, ct);
        return browser is { } known ? await sessionVisitors.FindAsync(tenant, known, requested, ct) : null;
    }

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
            CanChooseAgent = settings.Agents.VisitorsChoose,
            Greeting = settings.Greeting,
            Introduction = settings.Introduction,
            Translations = settings.Translations.Where(entry => !entry.Value.IsEmpty)
                .ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
            SuggestedQuestions = settings.SuggestedQuestions,
            Theme = settings.Theme,
            Locale = settings.Locale,
            ContactUrl = settings.ContactUrl,
            LogoUrl = settings.Theme.LogoUrl,
            // The portrait of an agent is a path of the API, and the widget is on another site.
            PortraitUrl = settings.Theme.PortraitUrl is ['/', ..] path ? hosts.Origin + path : settings.Theme.PortraitUrl,
            Meetings = await meetings.OfAsync(tenant.TenantId, settings, ct),
            PreChat = settings.PreChat ?? new PreChatSettings(),
            Questions = await qualifications.QuestionsAsync(tenant.TenantId, ct),
            HasDemos = await demos.HasAnyAsync(tenant.TenantId, ct),
            HasPrices = await prices.HasAnyAsync(tenant.TenantId, ct),
            Transcripts = transcripts.IsAvailable,
            Attachments = true,
            Availability = OpeningTimes.At(settings, clock.GetUtcNow()),
            HostedUrl = $"/widget/{tenant.Slug}",
            Modes = available,
            Speech = available.Contains(speech.Mode) ? await speech.OfferAsync(tenant.TenantId, settings.Speech, ct) : null,
            Dictation = dictation.Offer(settings.Speech, abilities),
        };
    }
}

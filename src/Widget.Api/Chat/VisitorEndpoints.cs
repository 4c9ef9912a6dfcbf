using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Answers;
using Widget.Api.Chat.Transcripts;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Installations;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Chat;

internal static class VisitorEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;
    private const int MaxContextEntries = 20;
    private const int MaxContextEntryLength = 500;

    private const string WrongProof =
        "identity.hash does not prove identity.id. Compute it on your server: HMAC-SHA256 of the id, with the tenant's identity secret as "
        + "the key, as lower-case hexadecimal digits. POST /api/settings/identity-secret creates the secret.";

    public static void MapVisitors(this IEndpointRouteBuilder routes)
    {
        var widget = routes.MapGroup("/api/widget")
            .RequireCors(Policies.AnyOrigin)
            .WithTags("Widget")
            .WithRequestSizeLimit(MaxRequestBytes);
        widget.MapPost("/session", OpenSession).LimitedAs(Limit.Sessions).Validate<SessionRequest>()
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(429)
            .WithSummary("Open a session for a visitor");

        widget.MapAppearance();

        var visitor = widget.MapGroup("").RequireAuthorization(Policies.Visitor)
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(413);
        visitor.MapPost("/identify", Identify).UnlessBanned().Validate<IdentifyRequest>().WithSummary("Identify the visitor");
        visitor.MapGet("/conversations", Conversations).ProducesValidationProblem()
            .WithSummary("List the visitor's conversations that have a message, newest first");
        visitor.MapPost("/conversations/{id:guid}/messages", Send).Validate<MessageRequest>()
            .ProducesProblem(409).ProducesProblem(422).ProducesProblem(429)
            .WithSummary(
                "Send a message and get its answer, as JSON or as text/event-stream (waiting, sources, delta, completed, delivered, "
                + "error)");
        visitor.MapGet("/conversations/{id:guid}/events", Events)
            .WithSummary("Read the conversation after a seq: existing events as JSON, or existing and new ones as text/event-stream");
        visitor.MapPost("/conversations/{id:guid}/ratings", Rate).UnlessBanned().Validate<RatingRequest>().WithSummary("Rate an answer");
        visitor.MapHuman();
        visitor.MapContact();
        visitor.MapQualificationAnswers();
        visitor.MapTranscripts();
        visitor.MapPost("/conversations/{id:guid}/context", SetContext).Validate<ContextRequest>()
            .WithSummary("Describe the page that the visitor is on");
        visitor.MapPost("/conversations/{id:guid}/answers/{message:guid}/stop", Stop).WithSummary("Stop an answer");

        routes.MapHub<ConversationHub>(VisitorTokens.HubPath, options => options.CloseOnAuthenticationExpiration = true)
            .RequireCors(Policies.AnyOrigin);
    }

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> OpenSession(
        SessionRequest request,
        HttpContext http,
        ITenantResolver resolver,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        Origins origins,
        SessionService sessions,
        SessionLimits limits,
        SuspendedTenants suspended,
        InstallationLog installations,
        CancellationToken ct)
    {
        if (limits.Peek(http, request.SiteKey) is { } limited) return limited.ToProblem(http);
        if ((await resolver.ResolveAsync(request, ct)).TenantInfo is not { } tenant)
            return Problems.Create(StatusCodes.Status401Unauthorized, "This site key is unknown or has been revoked.");
        if (await suspended.ContainsAsync(tenant.TenantId, ct))
            return Problems.Create(StatusCodes.Status403Forbidden, "This chat is not available.", SuspendedTenants.Code);
        // The middleware resolved the tenant without the body. Check that the body names the same tenant.
        if (tenants.MultiTenantContext.Strategy is not null)
        {
            var resolved = await resolver.ResolveAsync(http, request, ct);
            if (resolved.IsContradictory) return Problems.Create(StatusCodes.Status403Forbidden, MultiTenantMiddleware.Contradiction);
            if (resolved.TenantInfo is null)
                return Problems.Create(StatusCodes.Status401Unauthorized, "The key of this request is unknown or has been revoked.");
        }

        var origin = Origins.Of(http);
        if (!origins.IsOwn(http))
        {
            var allowed = await settings.OriginsAsync(tenant.TenantId, ct);
            if (origin is null && allowed.Count == 0) return NoSiteAllowed(tenant);
            if (origin is not null && !allowed.Contains(origin, StringComparer.OrdinalIgnoreCase)) return SiteNotAllowed(tenant, origin);
        }

        if (await limits.TakeAsync(http, request.SiteKey, tenant.TenantId, ct) is { } refusal) return refusal.ToProblem(http);
        if (!origins.IsOwn(http)) await installations.NoteAsync(tenant.TenantId, origin, request.Page ?? origin, ct);
        return await sessions.OpenAsync(tenant, request, origin, ct) is { } session
            ? TypedResults.Ok(session)
            : Problems.Create(StatusCodes.Status403Forbidden, WrongProof, "identity");
    }

    private static ProblemHttpResult NoSiteAllowed(TenantInfo tenant) => Problems.Create(
        StatusCodes.Status403Forbidden,
        $"{tenant.Name} allows no web sites, so its widget opens on its hosted page only.");

    private static ProblemHttpResult SiteNotAllowed(TenantInfo tenant, string origin) => Problems.Create(
        StatusCodes.Status403Forbidden,
        $"The widget of {tenant.Name} is not allowed on {origin}. Its owner can add this site to the allowed origins.");

    private static async Task<Results<Ok<ConversationPage>, ValidationProblem>> Conversations(
        HttpContext http,
        VisitorTokens tokens,
        EarlierConversations conversations,
        CancellationToken ct,
        string? before = null,
        int limit = EarlierConversations.DefaultLimit)
    {
        if (limit is < 1 or > EarlierConversations.MaxLimit)
            return Problems.Invalid("limit", $"limit must be between 1 and {EarlierConversations.MaxLimit}.");
        return await conversations.ListAsync(tokens.Read(http)!, before, limit, ct) is { } page
            ? TypedResults.Ok(page)
            : Problems.Invalid("before", "before must be the value of next from the previous page.");
    }

    private static async Task<NoContent> Identify(
        IdentifyRequest request,
        HttpContext http,
        VisitorTokens tokens,
        VisitorService visitors,
        CancellationToken ct)
    {
        await visitors.IdentifyAsync(tokens.Read(http)!, request, ct);
        return TypedResults.NoContent();
    }

    private static async Task<
        Results<Ok<AssistantMessage>, Accepted<ConversationEvent>, EventStreamResult<AnswerUpdate>, ProblemHttpResult>> Send(
        Guid id,
        MessageRequest request,
        HttpContext http,
        VisitorTokens tokens,
        AskService asks,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        var asked = await asks.AskAsync(visitor.Tenant, visitor.Visitor, new ConversationId(id), request, ct);
        if (asked.Answer is not { } answer)
        {
            if (asked.Refusal == AskRefusal.Banned)
                return Problems.Create(StatusCodes.Status403Forbidden, asked.RefusalMessage, VisitorBannedException.Code);
            if (asked.Refusal == AskRefusal.NoSuchAttachment)
                return Problems.Create(StatusCodes.Status404NotFound, asked.RefusalMessage, "no_attachment");
            if (asked.MissingFields is { } missing)
            {
                return Problems.Create(
                    StatusCodes.Status422UnprocessableEntity,
                    asked.RefusalMessage,
                    RequiredFields.Code,
                    new KeyValuePair<string, object?>("missing", missing));
            }

            if (asked.RetryAfter is not { } seconds) return Problems.Create(StatusCodes.Status404NotFound, asked.RefusalMessage);
            Refusal.SetRetryAfter(http, seconds);
            return asked.Refusal == AskRefusal.Busy
                ? Problems.Create(StatusCodes.Status503ServiceUnavailable, asked.RefusalMessage, "busy")
                : Problems.Create(StatusCodes.Status429TooManyRequests, asked.RefusalMessage, Refusal.Code);
        }

        if (Accepts(http, "text/event-stream") || !Accepts(http, "application/json"))
            return new EventStreamResult<AnswerUpdate>(WithEventNames(answer, ct));
        if (asked.Delivered is { } delivered) return TypedResults.Accepted<ConversationEvent>((string?)null, delivered);
        await foreach (var update in answer)
        {
            if (update is AnswerCompleted completed) return TypedResults.Ok(completed.Message);
            if (update is MessageDelivered { Seq: var seq } && await asks.FindMessageAsync(visitor.Tenant, new ConversationId(id), seq, ct)
                is { } message)
            {
                return TypedResults.Accepted<ConversationEvent>((string?)null, message);
            }
        }

        return Problems.Create(
            StatusCodes.Status503ServiceUnavailable,
            "The answer is not ready. Send the message again with the same client id.");
    }

    private static async Task<
        Results<Ok<IReadOnlyList<ConversationEvent>>, EventStreamResult<ConversationUpdate>, ProblemHttpResult>> Events(
        Guid id,
        HttpContext http,
        VisitorTokens tokens,
        ConversationLog log,
        HandoffVisitors handoffs,
        CancellationToken ct,
        int after = 0)
    {
        var visitor = tokens.Read(http)!;
        var conversation = new ConversationId(id);
        // When a browser's event source reconnects, it sends the id of the last event.
        if (int.TryParse(http.Request.Headers["Last-Event-ID"], out var last)) after = Math.Max(after, last);
        var events = await log.ReadAsync(visitor.Tenant, conversation, visitor.Visitor, after, ct);
        if (events is null) return Problems.NotFound("conversation");
        return Accepts(http, "text/event-stream")
            ? new EventStreamResult<ConversationUpdate>(WithEventIds(handoffs.WatchAsync(visitor.Tenant, conversation, after, ct), ct))
            : TypedResults.Ok(events);
    }

    private static async Task<Results<Ok<MessageRated>, ProblemHttpResult>> Rate(
        Guid id,
        RatingRequest request,
        HttpContext http,
        VisitorTokens tokens,
        VisitorService visitors,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        var conversation = new ConversationId(id);
        if (!await visitors.IsAnswerAsync(visitor, conversation, new MessageId(request.MessageId), ct)) return Problems.NotFound("answer");
        var rated = new MessageRated
        {
            ClientId = request.ClientId,
            MessageId = request.MessageId,
            Rating = request.Rating,
            Reason = request.Reason,
            Comment = string.IsNullOrWhiteSpace(request.Comment) ? null : request.Comment.Trim(),
        };
        return await visitors.AppendAsync(visitor, conversation, rated, ct) is { } appended
            ? TypedResults.Ok(appended)
            : Problems.NotFound("conversation");
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> SetContext(
        Guid id,
        ContextRequest request,
        HttpContext http,
        VisitorTokens tokens,
        VisitorService visitors,
        CancellationToken ct)
    {
        if (request.Context.Count > MaxContextEntries
            || request.Context.Any(entry => entry.Key.Length > MaxContextEntryLength || entry.Value?.Length > MaxContextEntryLength))
        {
            return Problems.Invalid(
                "context",
                $"The context may have at most {MaxContextEntries} entries of at most {MaxContextEntryLength} characters.");
        }

        return await visitors.SetContextAsync(tokens.Read(http)!, new ConversationId(id), request.Context, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("conversation");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Stop(
        Guid id,
        Guid message,
        HttpContext http,
        VisitorTokens tokens,
        AskService asks,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        return await asks.StopAsync(visitor.Tenant, visitor.Visitor, new ConversationId(id), new MessageId(message), ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("answer in progress");
    }

    private static bool Accepts(HttpContext http, string mediaType) =>
        http.Request.Headers.Accept.Any(value => value is not null && value.Contains(mediaType, StringComparison.OrdinalIgnoreCase));

    private static async IAsyncEnumerable<SseItem<AnswerUpdate>> WithEventNames(
        IAsyncEnumerable<AnswerUpdate> answer,
        [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var update in answer.WithCancellation(ct))
        {
            yield return new SseItem<AnswerUpdate>(update, update switch
            {
                AnswerWaiting => "waiting",
                AnswerSources => "sources",
                AnswerDelta => "delta",
                AnswerCompleted => "completed",
                MessageDelivered => "delivered",
                _ => "error",
            });
        }
    }

    private static async IAsyncEnumerable<SseItem<ConversationUpdate>> WithEventIds(
        IAsyncEnumerable<ConversationUpdate> updates,
        [EnumeratorCancellation] CancellationToken ct)
    {
        // The headers are sent with the first event. Send one immediately, so that the client knows that it is connected.
        yield return new SseItem<ConversationUpdate>(new ConversationUpdate(), "ping");
        await foreach (var update in updates.WithCancellation(ct))
        {
            yield return update switch
            {
                { Event: { } entry } => new SseItem<ConversationUpdate>(update, "event") { EventId = entry.Seq.ToString() },
                { Answer: not null } => new SseItem<ConversationUpdate>(update, "answer"),
                { Voice: not null } => new SseItem<ConversationUpdate>(update, "voice"),
                { Presence: not null } => new SseItem<ConversationUpdate>(update, "presence"),
                _ => new SseItem<ConversationUpdate>(update, "ping"),
            };
        }
    }
}

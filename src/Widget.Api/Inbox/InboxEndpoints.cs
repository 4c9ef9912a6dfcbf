using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Inbox;

internal static class InboxEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;

    public static void MapInboxOfStaff(this IEndpointRouteBuilder routes)
    {
        var inbox = routes.MapGroup("/api/inbox").ForStaff(StaffArea.Conversations).ProducesProblem(401).WithTags("Inbox")
            .WithRequestSizeLimit(MaxRequestBytes);
        inbox.MapGet("", List).ProducesValidationProblem()
            .WithSummary("List conversations: waiting, mine, open, snoozed, closed, spam, or those that the assistant answers");
        inbox.MapGet("/counts", Counts).WithSummary("Count the conversations that wait, are open or are snoozed");
        inbox.MapGet("/{id:guid}", Get).ProducesProblem(404).ProducesValidationProblem()
            .WithSummary("Get a conversation with its events, its notes and who is looking at it");
        inbox.MapGet("/presence", Presence).WithSummary("List the reps and whether they are online");
        inbox.MapPut("/presence", SetPresence).NotAudited().Validate<PresenceRequest>()
            .WithSummary("Say whether a rep takes conversations; repeat it at least every 60 seconds");
        var conversation = inbox.MapGroup("/{id:guid}").ProducesProblem(404).ProducesProblem(409);
        conversation.MapPost("/accept", Accept).Validate<RepAction>().WithSummary("Take a conversation over; the first rep gets it");
        conversation.MapPost("/reply", Reply).Validate<ReplyRequest>().WithSummary("Write to the visitor");
        conversation.MapPost("/note", Note).Validate<NoteRequest>().WithSummary("Add a note, which the visitor never sees");
        conversation.MapPost("/transfer", Transfer).Validate<TransferRequest>()
            .WithSummary("Offer your conversation to another rep, or put it back in the queue");
        conversation.MapPost("/assign", Assign).Validate<TransferRequest>()
            .WithSummary("Offer any conversation to a rep, or put it in the queue");
        conversation.MapPost("/return", Return).Validate<RepAction>().WithSummary("Give a conversation back to the assistant");
        conversation.MapPost("/close", Close).Validate<RepAction>().WithSummary("Close a conversation");
        conversation.MapPost("/reopen", Reopen).Validate<RepAction>().WithSummary("Put a closed conversation in the queue");
        conversation.MapPost("/snooze", Snooze).Validate<SnoozeRequest>()
            .WithSummary("Put a conversation aside until a time, or until the visitor writes");
        conversation.MapPost("/spam", Spam).Validate<SpamRequest>().WithSummary("Mark a conversation as spam, or take the mark back");
        conversation.MapPost("/typing", Typing).NotAudited().Validate<RepAction>()
            .WithSummary("Say that a rep is typing, at most every few seconds");
        conversation.MapPost("/read", Read).NotAudited().Validate<RepReadRequest>().WithSummary("Say how far a rep has read");
    }

    private static async Task<Results<Ok<InboxPage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        InboxQueries inbox,
        CancellationToken ct,
        string? state = null,
        Guid? rep = null,
        string? query = null,
        string? after = null,
        int limit = InboxQueries.DefaultLimit)
    {
        if (limit is < 1 or > InboxQueries.MaxLimit)
            return Problems.Invalid("limit", $"limit must be between 1 and {InboxQueries.MaxLimit}.");
        InboxList? list = state switch
        {
            null => InboxList.All,
            "waiting" => InboxList.Waiting,
            "mine" => InboxList.Mine,
            "open" => InboxList.Open,
            "closed" => InboxList.Closed,
            "snoozed" => InboxList.Snoozed,
            "spam" => InboxList.Spam,
            "assistant" => InboxList.Assistant,
            _ => null,
        };
        if (list is null) return Problems.Invalid("state", "state must be waiting, mine, open, snoozed, closed, spam or assistant.");
        rep = await acting.ReaderAsync(rep, ct);
        if (list == InboxList.Mine && rep is null) return Problems.Invalid("rep", "rep is required with state=mine.");
        InboxCursor? cursor = null;
        if (after is not null && (cursor = InboxCursor.Parse(after)) is null)
            return Problems.Invalid("after", "after must be the value of next from the previous page.");
        return TypedResults.Ok(
            await inbox.ListAsync(tenants.Current().TenantId, new InboxQuery(list.Value, rep, query, cursor, limit), ct));
    }

    private static async Task<Ok<InboxCounts>> Counts(
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        InboxQueries inbox,
        CancellationToken ct,
        Guid? rep = null) =>
        TypedResults.Ok(await inbox.CountAsync(tenants.Current().TenantId, await acting.ReaderAsync(rep, ct), ct));

    private static async Task<Results<Ok<InboxThread>, ValidationProblem, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        InboxQueries inbox,
        CancellationToken ct,
        Guid? rep = null,
        int after = 0)
    {
        var reader = await acting.ReaderAsync(rep, ct);
        return await inbox.ThreadAsync(tenants.Current().TenantId, new ConversationId(id), reader, after, ct) is { } thread
            ? TypedResults.Ok(thread)
            : Problems.NotFound("conversation");
    }

    private static async Task<Ok<IReadOnlyList<RepPresence>>> Presence(
        IMultiTenantContextAccessor tenants,
        PresenceService presence,
        CancellationToken ct) =>
        TypedResults.Ok(await presence.ListAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<NoContent, ValidationProblem>> SetPresence(
        PresenceRequest request,
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        PresenceService presence,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var (rep, problem) = await acting.FindAsync(request.RepId, ct);
        if (rep is null) return problem!;
        await presence.SetAsync(tenant, rep, request.Available, ct);
        return TypedResults.NoContent();
    }

    private static Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> Accept(
        Guid id,
        RepAction request,
        ActingRep acting,
        HandoffActions actions,
        CancellationToken ct) =>
        acting.ActAsync(id, request.RepId, (tenant, conversation, rep) => actions.AcceptAsync(tenant, conversation, rep, ct), ct);

    private static async Task<Results<Ok<PersonMessage>, ValidationProblem, ProblemHttpResult>> Reply(
        Guid id,
        ReplyRequest request,
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        RepMessages messages,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var (rep, problem) = await acting.FindAsync(request.RepId, ct);
        if (rep is null) return problem!;
        var (message, outcome) = await messages.ReplyAsync(tenant, new ConversationId(id), rep, request, ct);
        return message is not null ? TypedResults.Ok(message) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<InboxNote>, ValidationProblem, ProblemHttpResult>> Note(
        Guid id,
        NoteRequest request,
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        RepMessages messages,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var (rep, problem) = await acting.FindAsync(request.RepId, ct);
        if (rep is null) return problem!;
        return await messages.AddNoteAsync(tenant, new ConversationId(id), rep, request, ct) is { } note
            ? TypedResults.Ok(note)
            : Problems.NotFound("conversation");
    }

    private static Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> Transfer(
        Guid id,
        TransferRequest request,
        ActingRep acting,
        HandoffActions actions,
        CancellationToken ct) =>
        acting.GiveAsync(
            id,
            request,
            (tenant, conversation, rep, to) => actions.TransferAsync(tenant, conversation, rep, to, mustHold: true, ct),
            ct);

    private static Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> Assign(
        Guid id,
        TransferRequest request,
        ActingRep acting,
        HandoffActions actions,
        CancellationToken ct) =>
        acting.GiveAsync(
            id,
            request,
            (tenant, conversation, rep, to) => actions.TransferAsync(tenant, conversation, rep, to, mustHold: false, ct),
            ct);

    private static Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> Return(
        Guid id,
        RepAction request,
        ActingRep acting,
        HandoffActions actions,
        CancellationToken ct) =>
        acting.ActAsync(id, request.RepId, (tenant, conversation, rep) => actions.ReturnAsync(tenant, conversation, rep, ct), ct);

    private static Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> Close(
        Guid id,
        RepAction request,
        ActingRep acting,
        HandoffActions actions,
        CancellationToken ct) =>
        acting.ActAsync(id, request.RepId, (tenant, conversation, rep) => actions.CloseAsync(tenant, conversation, rep, ct), ct);

    private static Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> Reopen(
        Guid id,
        RepAction request,
        ActingRep acting,
        HandoffActions actions,
        CancellationToken ct) =>
        acting.ActAsync(id, request.RepId, (tenant, conversation, _) => actions.ReopenAsync(tenant, conversation, ct), ct);

    private static async Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> Snooze(
        Guid id,
        SnoozeRequest request,
        ActingRep acting,
        HandoffActions actions,
        TimeProvider clock,
        CancellationToken ct)
    {
        if (request.Until is { } until && (until <= clock.GetUtcNow() || until > clock.GetUtcNow().AddYears(1)))
            return Problems.Invalid("until", "until must be in the future, at most one year ahead.");
        return await acting.ActAsync(
            id,
            request.RepId,
            (tenant, conversation, rep) => actions.SnoozeAsync(tenant, conversation, rep, request.Until, ct),
            ct);
    }

    private static Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> Spam(
        Guid id,
        SpamRequest request,
        ActingRep acting,
        HandoffActions actions,
        CancellationToken ct) =>
        acting.ActAsync(
            id,
            request.RepId,
            (tenant, conversation, _) => actions.MarkSpamAsync(tenant, conversation, request.Spam, ct),
            ct);

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> Typing(
        Guid id,
        RepAction request,
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        RepMessages messages,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var (rep, problem) = await acting.FindAsync(request.RepId, ct);
        if (rep is null) return problem!;
        return await messages.TypingAsync(tenant, new ConversationId(id), rep, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("conversation");
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> Read(
        Guid id,
        RepReadRequest request,
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        RepMessages messages,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var (rep, problem) = await acting.FindAsync(request.RepId, ct);
        if (rep is null) return problem!;
        return await messages.ReadAsync(tenant, new ConversationId(id), rep, request.Seq, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("conversation");
    }
}

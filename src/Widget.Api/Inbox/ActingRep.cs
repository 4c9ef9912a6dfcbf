using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>
/// Finds the rep who makes a request, runs the rep's action, and returns the conversation as it is afterwards.
/// </summary>
internal sealed class ActingRep(IMultiTenantContextAccessor tenants, IHttpContextAccessor http, InboxReps reps, InboxQueries inbox)
{
    /// <summary>Returns the rep who makes the request, or why there is none. Exactly one of the two is null.</summary>
    /// <param name="named">The rep that the request names; null for none.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <param name="field">The field of the request that names the rep.</param>
    public async Task<(InboxRep? Rep, ValidationProblem? Problem)> FindAsync(Guid? named, CancellationToken ct, string field = "repId")
    {
        var (rep, problem) = await reps.ActingAsync(tenants.Current().TenantId, http.HttpContext!.User, named, ct);
        return (rep, problem is null ? null : Problems.Invalid(field, problem));
    }

    /// <summary>Returns the rep to whom lists refer: the one that the request names, or the one that the member is.</summary>
    public async Task<Guid?> ReaderAsync(Guid? named, CancellationToken ct) =>
        named ?? await reps.OwnAsync(tenants.Current().TenantId, http.HttpContext!.User, ct);

    public async Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> ActAsync(
        Guid conversation,
        Guid? repId,
        Func<TenantId, ConversationId, InboxRep, Task<InboxOutcome>> action,
        CancellationToken ct)
    {
        var (tenant, id) = (tenants.Current().TenantId, new ConversationId(conversation));
        var (found, problem) = await FindAsync(repId, ct);
        if (found is not { } rep) return problem!;
        var outcome = await action(tenant, id, rep);
        if (!outcome.IsDone) return outcome.ToProblem();
        return await inbox.FindAsync(tenant, id, rep.Id, ct) is { } item ? TypedResults.Ok(item) : Problems.NotFound("conversation");
    }

    /// <summary>The same for an action that gives the conversation to another rep, or to the queue.</summary>
    public async Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> GiveAsync(
        Guid conversation,
        TransferRequest request,
        Func<TenantId, ConversationId, InboxRep, InboxRep?, Task<InboxOutcome>> action,
        CancellationToken ct)
    {
        InboxRep? to = null;
        if (request.ToRepId is { } other && (to = await reps.FindAsync(tenants.Current().TenantId, other, ct)) is null)
            return Problems.Invalid("toRepId", InboxReps.Unknown);
        return await ActAsync(conversation, request.RepId, (tenant, id, rep) => action(tenant, id, rep, to), ct);
    }
}

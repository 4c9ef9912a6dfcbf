using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>Runs an action of the rep whom a request names, and returns the conversation as it is afterwards.</summary>
internal sealed class ActingRep(IMultiTenantContextAccessor tenants, InboxReps reps, InboxQueries inbox)
{
    public async Task<Results<Ok<InboxItem>, ValidationProblem, ProblemHttpResult>> ActAsync(
        Guid conversation,
        Guid repId,
        Func<TenantId, ConversationId, InboxRep, Task<InboxOutcome>> action,
        CancellationToken ct)
    {
        var (tenant, id) = (tenants.Current().TenantId, new ConversationId(conversation));
        if (await reps.FindAsync(tenant, repId, ct) is not { } rep) return Problems.Invalid("repId", InboxReps.Unknown);
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

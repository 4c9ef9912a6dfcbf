using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Contacts;
using Widget.Api.Leads.Merging;
using Widget.Api.Mail;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Changing;

/// <summary>What staff does with leads.</summary>
internal static class LeadChangeEndpoints
{
    public static void MapLeadChanges(this RouteGroupBuilder leads)
    {
        leads.MapPatch("/{id:guid}", Change).Validate<LeadChanges>().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Change a lead's details, owner, tier, fields or answers");
        leads.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a lead; its conversations stay");
        leads.MapPost("/{id:guid}/merge", Merge).Validate<MergeRequest>().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Merge a lead into another one, which then shows both");
        leads.MapPost("/{id:guid}/merge/undo", Undo).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Separate a lead from the one that it was merged into");
    }

    private static async Task<Results<Ok<Lead>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        LeadChanges request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        LeadActors actors,
        LeadEditor editor,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (!string.IsNullOrWhiteSpace(request.Email) && !MailAddress.IsValid(request.Email))
            return Problems.Invalid("email", MailAddress.Invalid);
        string? phone = null;
        if (!string.IsNullOrWhiteSpace(request.Phone))
        {
            phone = PhoneFormat.ToE164(ContactText.Plain(request.Phone), PhoneRegions.For(await settings.ReadAsync(tenant, ct), null));
            if (phone is null) return Problems.Invalid("phone", PhoneFormat.Invalid);
        }

        if (await actors.FindAsync(tenant, http, request.RepId, ct) is not { } actor) return UnknownRep();
        var outcome = await editor.ChangeAsync(tenant, new LeadId(id), request, phone, actor, ct);
        if (outcome.Problem is { } problem) return Problems.Invalid(problem.Field, problem.Error);
        if (outcome.TakenBy is { } other)
        {
            return Conflict(
                other.IsMerged
                    ? "A lead that was merged into this one has this e-mail address or phone number. Undo the merge first."
                    : "Another lead has this e-mail address or phone number. Merge the two leads instead.",
                "contact_taken",
                other.Lead.Value);
        }

        return outcome.Lead is { } lead ? TypedResults.Ok(lead) : Problems.NotFound("lead");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        LeadService leads,
        CancellationToken ct) =>
        await leads.DeleteAsync(tenants.Current().TenantId, new LeadId(id), ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("lead");

    private static async Task<Results<Ok<Lead>, ValidationProblem, ProblemHttpResult>> Merge(
        Guid id,
        MergeRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        LeadActors actors,
        LeadMerges merges,
        LeadService leads,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (await actors.FindAsync(tenant, http, request.RepId, ct) is not { } actor) return UnknownRep();
        var outcome = await merges.MergeAsync(tenant, new LeadId(id), new LeadId(request.Into), actor, ct);
        return await AnswerAsync(outcome, tenant, request.Into, leads, ct);
    }

    private static async Task<Results<Ok<Lead>, ValidationProblem, ProblemHttpResult>> Undo(
        Guid id,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        LeadActors actors,
        LeadMerges merges,
        LeadService leads,
        CancellationToken ct,
        Guid? rep = null)
    {
        var tenant = tenants.Current().TenantId;
        if (await actors.FindAsync(tenant, http, rep, ct) is not { } actor) return UnknownRep();
        return await AnswerAsync(await merges.UndoAsync(tenant, new LeadId(id), actor, ct), tenant, id, leads, ct);
    }

    private static async Task<Results<Ok<Lead>, ValidationProblem, ProblemHttpResult>> AnswerAsync(
        MergeOutcome outcome,
        TenantId tenant,
        Guid shown,
        LeadService leads,
        CancellationToken ct) => outcome switch
        {
            MergeOutcome.Done => await leads.FindAsync(tenant, new LeadId(shown), ct) is { } lead
                ? TypedResults.Ok(lead)
                : Problems.NotFound("lead"),
            MergeOutcome.Same => Problems.Invalid("into", "A lead cannot be merged into itself."),
            MergeOutcome.TargetNotFound => Problems.Invalid("into", "into is not the id of a lead."),
            MergeOutcome.AlreadyMerged => Problems.Create(
                StatusCodes.Status409Conflict,
                "One of the leads was merged into another one before. Undo that first, or use the lead that it was merged into.",
                "already_merged"),
            MergeOutcome.NotMerged => Problems.Create(StatusCodes.Status409Conflict, "This lead is not merged.", "not_merged"),
            _ => Problems.NotFound("lead"),
        };

    private static ValidationProblem UnknownRep() => Problems.Invalid("repId", "There is no such rep.");

    private static ProblemHttpResult Conflict(string title, string code, Guid lead) => TypedResults.Problem(
        statusCode: StatusCodes.Status409Conflict,
        title: title,
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code, ["leadId"] = lead });
}

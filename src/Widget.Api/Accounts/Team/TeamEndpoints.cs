using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Mail;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Accounts.Team;

internal static class TeamEndpoints
{
    private const string UnknownRole = "role must be viewer, rep, admin or owner.";

    public static void MapTeam(this IEndpointRouteBuilder routes)
    {
        var team = routes.MapGroup("/api/team").ForStaff(StaffArea.Team).ProducesProblem(401).WithTags("Team");
        team.MapGet("", List).WithSummary("List the company's members and open invitations");
        team.MapPost("/invitations", Invite).Validate<InvitationRequest>().ProducesProblem(409)
            .WithSummary("Invite a person by e-mail; a second invitation replaces the first");
        team.MapDelete("/invitations/{id:guid}", Withdraw).ProducesProblem(404).WithSummary("Withdraw an invitation");
        team.MapPatch("/{id:guid}", Change).Validate<MemberChanges>().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Change a member's role; the last owner stays owner");
        team.MapDelete("/{id:guid}", Remove).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Remove a member; the last owner can't be removed");
    }

    private static async Task<Ok<Contracts.Team>> List(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TeamService team,
        CancellationToken ct) =>
        TypedResults.Ok(await team.ListAsync(tenants.Current().TenantId, MemberAuthentication.MemberOf(http.User), ct));

    private static async Task<Results<Created<TeamInvitation>, ValidationProblem, ProblemHttpResult>> Invite(
        InvitationRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TeamService team,
        CancellationToken ct)
    {
        if (!MailAddress.IsValid(request.Email)) return Problems.Invalid("email", MailAddress.Invalid);
        if (TeamService.ParseRole(request.Role) is not { } role) return Problems.Invalid("role", UnknownRole);
        var tenant = tenants.Current();
        var inviter = MemberAuthentication.NameOf(http.User) ?? tenant.Name;
        var (outcome, invitation) = await team.InviteAsync(tenant, request.Email, role, inviter, ct);
        return outcome == TeamOutcome.Done ? TypedResults.Created((string?)null, invitation) : Refuse(outcome);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Withdraw(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TeamService team,
        CancellationToken ct) =>
        await team.WithdrawAsync(tenants.Current().TenantId, id, ct) == TeamOutcome.Done
            ? TypedResults.NoContent()
            : Problems.NotFound("invitation");

    private static async Task<Results<Ok<TeamMember>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        MemberChanges changes,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TeamService team,
        CancellationToken ct)
    {
        if (TeamService.ParseRole(changes.Role) is not { } role) return Problems.Invalid("role", UnknownRole);
        var you = MemberAuthentication.MemberOf(http.User);
        var (outcome, member) = await team.ChangeRoleAsync(tenants.Current().TenantId, id, role, you, ct);
        return outcome == TeamOutcome.Done ? TypedResults.Ok(member) : Refuse(outcome);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TeamService team,
        CancellationToken ct)
    {
        var outcome = await team.RemoveAsync(tenants.Current().TenantId, id, ct);
        return outcome == TeamOutcome.Done ? TypedResults.NoContent() : Refuse(outcome);
    }

    private static ProblemHttpResult Refuse(TeamOutcome outcome) => outcome switch
    {
        TeamOutcome.NotFound => Problems.NotFound("member"),
        TeamOutcome.LastOwner => Problems.Create(
            409, "A company needs at least one owner. Make another member an owner first.", "last_owner"),
        TeamOutcome.AlreadyMember => Problems.Create(409, "This person is a member already.", "already_member"),
        _ => Problems.Create(409, $"A company can have at most {TeamService.MaxMembers} members and open invitations."),
    };
}

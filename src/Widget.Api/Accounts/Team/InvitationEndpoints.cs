using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Accounts.SignIn;
using Widget.Api.Limits;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Accounts.Team;

internal static class InvitationEndpoints
{
    private const string NoInvitation =
        "This invitation is not valid. It may have been accepted, withdrawn or be too old. Please ask for a new one.";

    public static void MapInvitations(this IEndpointRouteBuilder accounts)
    {
        var invitation = accounts.MapGroup("/invitations/{token}").ProducesProblem(404).AddEndpointFilter<SignInLimit>()
            .WithMetadata(new KeyInAddress());
        invitation.MapGet("", Read).WithSummary("Show an invitation to the person who has its link");
        invitation.MapPost("/accept", Accept).Validate<InvitationAcceptance>().ProducesProblem(401).ProducesProblem(403)
            .WithSummary("Accept an invitation, with a new account or with the account that is signed in");
    }

    private static async Task<Results<Ok<InvitationView>, ProblemHttpResult>> Read(
        string token,
        InvitationService invitations,
        CancellationToken ct) =>
        await invitations.FindAsync(token, ct) is { } view ? TypedResults.Ok(view) : Problems.Create(404, NoInvitation);

    private static async Task<Results<Ok<SignInResult>, ValidationProblem, ProblemHttpResult>> Accept(
        string token,
        InvitationAcceptance request,
        HttpContext http,
        InvitationService invitations,
        SessionService sessions,
        CancellationToken ct)
    {
        Guid? signedIn = null;
        SignInResult? current = null;
        if (MemberStrategy.ReadToken(http) is { } presented)
        {
            var session = await http.AuthenticateAsync(SessionAuthentication.SchemeName);
            if (!session.Succeeded) return Problems.Create(401, "Your session has ended. Please sign in again.");
            if (session.Principal.OnlyTenant is not null)
                return Problems.Create(403, "Sign in with your password or a passkey to accept this invitation.", "session_limited");
            signedIn = session.Principal.AccountId;
            var end = await sessions.EndOfAsync(presented, ct);
            current = new SignInResult(SignInResult.SignedIn) { Token = presented, ExpiresAt = end };
        }

        var outcome = await invitations.AcceptAsync(token, request, signedIn, ct);
        return outcome.Refusal switch
        {
            // The session of the request goes on.
            AcceptanceRefusal.None => TypedResults.Ok(current ?? outcome.Result),
            AcceptanceRefusal.NoInvitation => Problems.Create(404, NoInvitation),
            AcceptanceRefusal.SignInFirst => Problems.Create(
                401, "There is an account with this e-mail address. Sign in to it first, then accept the invitation.", "sign_in_first"),
            AcceptanceRefusal.OtherAccount => Problems.Create(
                403,
                "This invitation is for another person. Sign out, or sign in to the account with the invited address.",
                "other_account"),
            _ => Problems.Invalid(outcome.Field!, outcome.Problem!),
        };
    }
}

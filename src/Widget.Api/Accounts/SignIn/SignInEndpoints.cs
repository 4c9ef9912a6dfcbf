using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Limits;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Accounts.SignIn;

internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder accounts)
    {
        accounts.MapPost("/sign-in", SignIn).Validate<SignInRequest>().ProducesProblem(401).ProducesProblem(423)
            .AddEndpointFilter<SignInLimit>()
            .WithSummary("Sign in with a password; the answer is a session, or asks for a second factor");
        accounts.MapPost("/sign-in/two-factor", TwoFactor).Validate<TwoFactorRequest>().ProducesProblem(401).ProducesProblem(423)
            .AddEndpointFilter<SignInLimit>()
            .WithSummary("Finish a sign-in with a code of the authenticator app, or with a recovery code");
        accounts.MapPost("/sign-out", SignOut).RequireAuthorization(AccountPolicies.Session).ProducesProblem(401)
            .WithSummary("End this session");
    }

    private static async Task<Results<Ok<SignInResult>, ProblemHttpResult>> SignIn(
        SignInRequest request,
        SignInService signIn,
        HttpContext http,
        CancellationToken ct)
    {
        var outcome = await signIn.SignInAsync(request.Email, request.Password, ct);
        return outcome.Result is { } result
            ? TypedResults.Ok(result)
            : SignInProblems.Refuse(http, SignInProblems.WrongPassword, outcome.LockedUntil);
    }

    private static async Task<Results<Ok<SignInResult>, ProblemHttpResult>> TwoFactor(
        TwoFactorRequest request,
        SignInService signIn,
        HttpContext http,
        CancellationToken ct)
    {
        var outcome = await signIn.SignInAsync(request, ct);
        return outcome.Result is { } result
            ? TypedResults.Ok(result)
            : SignInProblems.Refuse(http, SignInProblems.WrongCode, outcome.LockedUntil);
    }

    private static async Task<NoContent> SignOut(HttpContext http, SessionService sessions, CancellationToken ct)
    {
        await sessions.EndAsync(http.User.AccountId, http.User.SessionId, ct);
        return TypedResults.NoContent();
    }
}

/// <summary>Limits sign-ins by the client's address.</summary>
internal sealed class SignInLimit(RequestLimits limits) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return await limits.TakeAsync(Limit.SignIns, ClientAddress.Of(http), http.RequestAborted) is { } refusal
            ? refusal.ToProblem(http)
            : await next(context);
    }
}

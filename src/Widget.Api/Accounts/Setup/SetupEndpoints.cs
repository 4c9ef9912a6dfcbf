using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Accounts.SignIn;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Accounts.Setup;

internal static class SetupEndpoints
{
    public static void MapSetup(this IEndpointRouteBuilder accounts)
    {
        accounts.MapGet("/setup", Read).WithSummary("Check whether the installation needs its first account");
        accounts.MapPost("/setup", Run).Validate<SetupRequest>().ProducesProblem(409).AddEndpointFilter<SignInLimit>()
            .WithSummary("Make the first account, which is the operator's, and the first company");
    }

    private static async Task<Ok<SetupState>> Read(SetupService setup, CancellationToken ct) => TypedResults.Ok(await setup.ReadAsync(ct));

    private static async Task<Results<Ok<SignInResult>, ValidationProblem, ProblemHttpResult>> Run(
        SetupRequest request,
        SetupService setup,
        CancellationToken ct)
    {
        var (result, field, problem) = await setup.RunAsync(request, ct);
        if (result is not null) return TypedResults.Ok(result);
        return field is null ? Problems.Create(StatusCodes.Status409Conflict, problem!) : Problems.Invalid(field, problem!);
    }
}

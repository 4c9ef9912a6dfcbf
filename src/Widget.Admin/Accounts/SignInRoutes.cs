using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using SignInResult = Widget.Contracts.SignInResult;
using Widget.Admin.Api;

namespace Widget.Admin.Accounts;

/// <summary>Ways to sign in that need more than a form: a passkey, and the company's own sign-in.</summary>
internal static class SignInRoutes
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        // The page's script asks the browser for the passkey in between. Its requests carry their own proof, so a forged one gains nothing.
        routes.MapPost("/sign-in/passkey/options", async (ApiClient api, CancellationToken ct) =>
            await AnswerAsync(api, async () => Results.Json(await api.PostAsync<JsonElement>("/api/accounts/passkeys/sign-in/options", null, ct))))
            .DisableAntiforgery();
        routes.MapPost("/sign-in/passkey", async (HttpContext http, ApiClient api, [FromBody] JsonElement body, [FromQuery] string? returnUrl) =>
            await AnswerAsync(api, async () =>
            {
                var answer = await api.PostAsync<SignInResult>("/api/accounts/passkeys/sign-in", body);
                await ConsoleSession.StartAsync(http, answer);
                return Results.Json(new { address = LocalAddress.Of(returnUrl) });
            })).DisableAntiforgery();

        routes.MapGet("/sign-in/company", (ApiClient api, [FromQuery] string slug, [FromQuery] string? returnUrl) =>
        {
            var back = Uri.EscapeDataString(LocalAddress.Of(returnUrl));
            var path = $"/api/accounts/single-sign-on/{Uri.EscapeDataString(slug.Trim())}?returnUrl={back}";
            return Results.Redirect(new Uri(api.Address, path).ToString());
        });
    }

    private static async Task<IResult> AnswerAsync(ApiClient api, Func<Task<IResult>> ask)
    {
        api.UseToken(null);
        try
        {
            return await ask();
        }
        catch (ApiException refusal)
        {
            return Results.Problem(statusCode: (int)(refusal.Status ?? System.Net.HttpStatusCode.BadGateway), title: refusal.Message);
        }
    }
}

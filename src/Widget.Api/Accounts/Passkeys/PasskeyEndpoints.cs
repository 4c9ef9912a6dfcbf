using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Accounts.SignIn;
using Widget.Api.Web;
using Widget.Contracts;
using SignInResult = Widget.Contracts.SignInResult;

namespace Widget.Api.Accounts.Passkeys;

/// <summary>Passkeys (WebAuthn). Signing in with one needs no second factor, because the device has verified the person.</summary>
internal static class PasskeyEndpoints
{
    private const string AddPurpose = "passkey-add";
    private const string SignInPurpose = "passkey-sign-in";
    private const int MaxPasskeys = 20;
    private static readonly TimeSpan StateLifetime = TimeSpan.FromMinutes(5);

    public static void MapPasskeys(this IEndpointRouteBuilder accounts)
    {
        var own = accounts.MapGroup("/me/passkeys").RequireAuthorization(AccountPolicies.Account).ProducesProblem(401);
        own.MapPost("/options", AddOptions).ProducesProblem(409)
            .WithSummary("Begin to add a passkey: get the options for navigator.credentials.create");
        own.MapPost("", Add).Validate<PasskeyRequest>().WithSummary("Add a passkey");
        own.MapDelete("/{id}", Remove).ProducesProblem(404).WithSummary("Remove a passkey");
        var signIn = accounts.MapGroup("/passkeys/sign-in").AddEndpointFilter<SignInLimit>();
        signIn.MapPost("/options", SignInOptions)
            .WithSummary("Begin to sign in with a passkey: get the options for navigator.credentials.get");
        signIn.MapPost("", SignIn).Validate<PasskeySignInRequest>().ProducesProblem(401).WithSummary("Sign in with a passkey");
    }

    private static async Task<Results<Ok<PasskeyOptions>, ProblemHttpResult>> AddOptions(
        HttpContext http,
        UserManager<Account> accounts,
        IPasskeyHandler<Account> passkeys,
        OneTimeCodes codes)
    {
        var account = await accounts.CurrentAsync(http);
        if ((await accounts.GetPasskeysAsync(account)).Count >= MaxPasskeys)
            return Problems.Create(409, $"An account can have at most {MaxPasskeys} passkeys.");
        var options = await passkeys.MakeCreationOptionsAsync(
            new PasskeyUserEntity
            {
                Id = account.Id.ToString(),
                Name = account.Email!,
                DisplayName = account.Name.Length > 0 ? account.Name : account.Email!,
            },
            http);
        return TypedResults.Ok(Show(options.CreationOptionsJson, options.AttestationState, AddPurpose, codes));
    }

    private static async Task<Results<Ok<PasskeySummary>, ValidationProblem>> Add(
        PasskeyRequest request,
        HttpContext http,
        UserManager<Account> accounts,
        IPasskeyHandler<Account> passkeys,
        OneTimeCodes codes,
        CancellationToken ct)
    {
        var account = await accounts.CurrentAsync(http);
        if (await codes.UseAsync<PasskeyState>(AddPurpose, request.State, ct) is not { } state) return Expired();
        var result = await passkeys.PerformAttestationAsync(new PasskeyAttestationContext
        {
            HttpContext = http,
            CredentialJson = request.Credential.GetRawText(),
            AttestationState = state.State,
        });
        if (!result.Succeeded || result.UserEntity.Id != account.Id.ToString())
            return Problems.Invalid("credential", "The passkey was refused. Please try again.");
        var passkey = result.Passkey;
        // Otherwise a credential with a copied id could take the place of another account's.
        if (await accounts.FindByPasskeyIdAsync(passkey.CredentialId) is not null)
            return Problems.Invalid("credential", "This passkey is in use already.");
        passkey.Name = request.Name.Trim();
        (await accounts.AddOrUpdatePasskeyAsync(account, passkey)).ThrowIfFailed();
        return TypedResults.Ok(
            new PasskeySummary(Base64Url.EncodeToString(passkey.CredentialId), passkey.Name, passkey.CreatedAt));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(string id, HttpContext http, UserManager<Account> accounts)
    {
        var account = await accounts.CurrentAsync(http);
        if (!Base64Url.IsValid(id)) return Problems.NotFound("passkey");
        var credential = Base64Url.DecodeFromChars(id);
        if (await accounts.GetPasskeyAsync(account, credential) is null) return Problems.NotFound("passkey");
        (await accounts.RemovePasskeyAsync(account, credential)).ThrowIfFailed();
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PasskeyOptions>> SignInOptions(HttpContext http, IPasskeyHandler<Account> passkeys, OneTimeCodes codes)
    {
        var options = await passkeys.MakeRequestOptionsAsync(user: null, http);
        return TypedResults.Ok(Show(options.RequestOptionsJson, options.AssertionState, SignInPurpose, codes));
    }

    private static async Task<Results<Ok<SignInResult>, ValidationProblem, ProblemHttpResult>> SignIn(
        PasskeySignInRequest request,
        HttpContext http,
        UserManager<Account> accounts,
        IPasskeyHandler<Account> passkeys,
        SessionService sessions,
        OneTimeCodes codes,
        CancellationToken ct)
    {
        if (await codes.UseAsync<PasskeyState>(SignInPurpose, request.State, ct) is not { } state) return Expired();
        var result = await passkeys.PerformAssertionAsync(new PasskeyAssertionContext
        {
            HttpContext = http,
            CredentialJson = request.Credential.GetRawText(),
            AssertionState = state.State,
        });
        if (!result.Succeeded)
            return Problems.Create(401, "This passkey is not known here, or it was refused. Sign in with your password.");
        // Stores the passkey's counter, which shows a copied passkey.
        (await accounts.AddOrUpdatePasskeyAsync(result.User, result.Passkey)).ThrowIfFailed();
        return TypedResults.Ok(await sessions.BeginAsync(result.User.Id, SignInMethod.Passkey, ct));
    }

    private static PasskeyOptions Show(string json, string? state, string purpose, OneTimeCodes codes)
    {
        using var options = JsonDocument.Parse(json);
        return new PasskeyOptions(
            options.RootElement.Clone(),
            codes.Create(purpose, new PasskeyState(state ?? ""), StateLifetime));
    }

    private static ValidationProblem Expired() =>
        Problems.Invalid("state", "This took too long, or was sent twice. Please try again.");

    private sealed record PasskeyState(string State);
}

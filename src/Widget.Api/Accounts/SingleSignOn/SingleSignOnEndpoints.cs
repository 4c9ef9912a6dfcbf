using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Accounts.SignIn;
using Widget.Api.Accounts.Team;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using SignInResult = Widget.Contracts.SignInResult;

namespace Widget.Api.Accounts.SingleSignOn;

internal static class SingleSignOnEndpoints
{
    public static void MapSingleSignOn(this IEndpointRouteBuilder accounts)
    {
        accounts.MapGet("/single-sign-on/{slug}", Begin).AddEndpointFilter<SignInLimit>()
            .WithSummary("Begin a single sign-on: redirects to the company's provider; the console gets a one-time code");
        accounts.MapGet("/single-sign-on-callback", Finish).AddEndpointFilter<SignInLimit>()
            .WithSummary("Where the provider sends people back; redirects to the console");
        accounts.MapPost("/sign-in/code", Redeem).Validate<SignInCodeRequest>().ProducesProblem(401).AddEndpointFilter<SignInLimit>()
            .WithSummary("Begin the session of a one-time code");
    }

    public static void MapSingleSignOnSettings(this IEndpointRouteBuilder routes)
    {
        var settings = routes.MapGroup("/api/settings/single-sign-on").ForStaff(StaffArea.Team).ProducesProblem(401)
            .WithTags("Settings");
        settings.MapGet("", Read).WithSummary("Get the company's OpenID Connect provider");
        settings.MapPut("", Save).Validate<SingleSignOnRequest>()
            .WithSummary("Set the company's OpenID Connect provider; its configuration is read to check the address");
        settings.MapDelete("", Remove).ProducesProblem(404)
            .WithSummary("Remove the provider; sessions that began there end");
    }

    private static async Task<RedirectHttpResult> Begin(
        string slug,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        SingleSignOnFlow flow,
        CancellationToken ct,
        string? returnUrl = null)
    {
        var tenant = tenants.MultiTenantContext.TenantInfo is { } found && found.Slug == slug ? found : null;
        return TypedResults.Redirect(await flow.BeginAsync(http, tenant, returnUrl, ct));
    }

    private static async Task<RedirectHttpResult> Finish(
        HttpContext http,
        SingleSignOnFlow flow,
        CancellationToken ct,
        string? code = null,
        string? state = null,
        string? error = null,
        string? iss = null)
    {
        // The address contains a code, which must not be sent to other sites.
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Redirect(await flow.FinishAsync(http, new SignOnAnswer(code, state, error, iss), ct));
    }

    private static async Task<Results<Ok<SignInResult>, ProblemHttpResult>> Redeem(
        SignInCodeRequest request,
        SingleSignOnFlow flow,
        CancellationToken ct) =>
        await flow.RedeemAsync(request.Code, ct) is { } session
            ? TypedResults.Ok(session)
            : Problems.Create(401, "This sign-in took too long, or was finished before. Please sign in again.");

    private static async Task<Ok<SingleSignOnState>> Read(
        IMultiTenantContextAccessor tenants,
        SingleSignOnStore store,
        SingleSignOnFlow flow,
        CancellationToken ct) =>
        TypedResults.Ok(await ShowAsync(tenants.Current(), store, flow, ct));

    private static async Task<Results<Ok<SingleSignOnState>, ValidationProblem>> Save(
        SingleSignOnRequest request,
        IMultiTenantContextAccessor tenants,
        SingleSignOnStore store,
        OidcProviders providers,
        SingleSignOnFlow flow,
        CancellationToken ct)
    {
        if (!Uri.TryCreate(request.Issuer, UriKind.Absolute, out var issuer)
            || issuer is { Query.Length: > 0 } or { Fragment.Length: > 0 } or { UserInfo.Length: > 0 }
            || !(issuer.Scheme == "https" || (issuer.Scheme == "http" && issuer.IsLoopback)))
        {
            return Problems.Invalid("issuer", "issuer must be an https address, such as https://login.example.com.");
        }

        Role? role = null;
        if (request.DefaultRole is { } text && ((role = TeamService.ParseRole(text)) is null or Role.Owner))
            return Problems.Invalid("defaultRole", "defaultRole must be viewer, rep or admin.");
        try
        {
            await providers.ReadAsync(request.Issuer, ct);
        }
        catch (ProviderException e)
        {
            return Problems.Invalid("issuer", e.Message);
        }

        var tenant = tenants.Current();
        return await store.SaveAsync(tenant.TenantId, request, role, ct)
            ? TypedResults.Ok(await ShowAsync(tenant, store, flow, ct))
            : Problems.Invalid("clientSecret", "clientSecret is required for a new issuer or client.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        IMultiTenantContextAccessor tenants,
        SingleSignOnStore store,
        CancellationToken ct) =>
        await store.RemoveAsync(tenants.Current().TenantId, ct)
            ? TypedResults.NoContent()
            : Problems.Create(404, "The company has no single sign-on.");

    private static async Task<SingleSignOnState> ShowAsync(
        TenantInfo tenant,
        SingleSignOnStore store,
        SingleSignOnFlow flow,
        CancellationToken ct)
    {
        var state = new SingleSignOnState
        {
            Enabled = false,
            RedirectUri = flow.RedirectUri,
            SignInUrl = flow.SignInUrl(tenant.Slug),
        };
        return await store.ShowAsync(tenant.TenantId, ct) is var (row, hint)
            ? state with
            {
                Enabled = true,
                Issuer = row.Issuer,
                ClientId = row.ClientId,
                SecretHint = hint,
                Required = row.Required,
                DefaultRole = row.DefaultRole?.ToString().ToLowerInvariant(),
            }
            : state;
    }
}

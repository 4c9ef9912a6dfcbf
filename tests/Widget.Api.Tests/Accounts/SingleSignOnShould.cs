using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;
using Widget.Api.Accounts.SingleSignOn;
using Widget.Api.Tenancy;
using Widget.Contracts;

namespace Widget.Api.Tests.Accounts;

/// <summary>Single sign-on at a company's OpenID Connect provider.</summary>
public sealed class SingleSignOnShould(ApiFixture api) : IAsyncLifetime
{
    private readonly AccountWorld _world = new(api, api.Node);
    private OidcIssuer _issuer = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _issuer = await OidcIssuer.StartAsync();
        api.Sites.Add(_issuer.Host);
        _tenant = await TestTenant.CreateAsync(api);
    }

    public async ValueTask DisposeAsync()
    {
        api.Sites.Remove(_issuer.Host);
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Sign_in_a_new_person_with_the_default_role_to_that_company_only()
    {
        await SetUpAsync(defaultRole: "rep");
        var email = Claim(AccountWorld.NewEmail());

        var location = await SignInAsync("/inbox?state=mine");
        location.AbsoluteUri.ShouldStartWith("http://localhost:5082/sign-in?");
        QueryOf(location)["returnUrl"].ToString().ShouldBe("/inbox?state=mine");
        using var client = await RedeemAsync(location);

        var me = await AccountWorld.MeAsync(client);
        (me.Email, me.Limited, me.HasPassword, me.EmailConfirmed).ShouldBe((email, true, false, true));
        me.Memberships.Single().Role.ShouldBe("rep");
        (await client.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _world.PostAsync("/api/accounts/sign-in/code", new { code = QueryOf(location)["code"].ToString() })).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Not_reach_other_companies_of_the_same_person_and_not_change_the_account()
    {
        await SetUpAsync(defaultRole: "viewer");
        var other = await TestTenant.CreateAsync(api);
        var person = await _world.PersonAsync(isOperator: true);
        await _world.JoinAsync(person, other);
        Claim(person.Email);

        using var client = await RedeemAsync(await SignInAsync());

        var me = await AccountWorld.MeAsync(client);
        (me.Id, me.Operator).ShouldBe((person.Id, false));
        me.Memberships.Select(membership => membership.Slug).ShouldBe([_tenant.Created.Slug]);
        using var elsewhere = _world.Client(AccountWorld.TokenOf(client), other.Created.Slug);
        (await elsewhere.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync("/api/operator/tenants", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync("/api/accounts/me/sessions", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.PostAsync("/api/accounts/me/passkeys/options", content: null, Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await _world.PostAsync("/api/accounts/me/password", new { current = "x", @new = "y" }, client)).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Refuse_addresses_that_are_not_verified_and_people_who_are_not_members()
    {
        await SetUpAsync(defaultRole: null);
        Claim(AccountWorld.NewEmail());

        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.NotMember);
        _issuer.Claims["email_verified"] = false;
        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.Unverified);
        _issuer.Claims.Remove("email_verified");
        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.Unverified);
    }

    [Fact]
    public async Task Not_make_a_member_of_an_account_whose_address_nobody_has_confirmed()
    {
        await SetUpAsync(defaultRole: "admin");
        var squatter = await _world.PersonAsync(isConfirmed: false);
        Claim(squatter.Email);

        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.Unconfirmed);

        using var client = await _world.SignedInAsync(squatter);
        (await AccountWorld.MeAsync(client)).Memberships.ShouldBeEmpty();
    }

    [Fact]
    public async Task Recognize_a_person_by_the_providers_id_and_not_by_a_reused_address()
    {
        await SetUpAsync(defaultRole: "viewer");
        var email = Claim(AccountWorld.NewEmail());
        using var first = await RedeemAsync(await SignInAsync());

        Claim(AccountWorld.NewEmail());
        using var renamed = await RedeemAsync(await SignInAsync());
        (await AccountWorld.MeAsync(renamed)).Id.ShouldBe((await AccountWorld.MeAsync(first)).Id);
        _issuer.Claims["sub"] = Guid.NewGuid().ToString();
        Claim(email);
        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.NotMember);
    }

    [Fact]
    public async Task Refuse_forged_answers()
    {
        await SetUpAsync(defaultRole: "viewer");
        Claim(AccountWorld.NewEmail());
        using var browser = Browser();

        // Another browser than the one that began.
        var answer = _issuer.Authorize(await BeginAsync(browser));
        using (var other = Browser())
        {
            await BeginAsync(other);
            ErrorOf(await FollowAsync(other, answer)).ShouldBe(SingleSignOnErrors.Failed);
        }

        // A state that this server has not made, and one that was used.
        answer = _issuer.Authorize(await BeginAsync(browser));
        ErrorOf(await FollowAsync(browser, new Uri(answer.AbsoluteUri.Replace("state=", "state=x", StringComparison.Ordinal))))
            .ShouldBe(SingleSignOnErrors.Failed);
        (await FollowAsync(browser, answer)).Query.ShouldContain("code=");
        ErrorOf(await FollowAsync(browser, answer)).ShouldBe(SingleSignOnErrors.Failed);

        // The answer of another provider.
        answer = _issuer.Authorize(await BeginAsync(browser));
        ErrorOf(await FollowAsync(browser, new Uri(answer.AbsoluteUri.Split("&iss=")[0] + "&iss=https%3A%2F%2Fevil.example")))
            .ShouldBe(SingleSignOnErrors.Failed);
    }

    [Fact]
    public async Task Refuse_forged_id_tokens()
    {
        await SetUpAsync(defaultRole: "viewer");
        Claim(AccountWorld.NewEmail());

        _issuer.Nonce = "of another sign-in";
        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.Failed);
        _issuer.Nonce = null;
        _issuer.Audience = "another-client";
        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.Failed);
        _issuer.Audience = OidcIssuer.ClientId;
        _issuer.OtherKey = new RsaSecurityKey(RSA.Create(2048)) { KeyId = "k1" };
        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.Failed);
        // Signed with the client secret, which a tenant's administrators know.
        _issuer.OtherKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(OidcIssuer.ClientSecret.PadRight(32)));
        ErrorOf(await SignInAsync()).ShouldBe(SingleSignOnErrors.Failed);
        _issuer.Exchanges.ShouldBe(4);
        _issuer.OtherKey = null;
        (await SignInAsync()).Query.ShouldContain("code=");
    }

    [Fact]
    public async Task Be_required_of_all_but_owners()
    {
        var (_, owner) = await _world.MemberAsync(_tenant);
        var (person, rep) = await _world.MemberAsync(_tenant, Role.Rep);
        (await rep.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await SetUpAsync(defaultRole: null, required: true);

        (await AccountWorld.TitleAsync(await rep.GetAsync("/api/settings", Ct), HttpStatusCode.Forbidden)).ShouldContain("single sign-on");
        (await AccountWorld.MeAsync(rep)).Memberships.Single().NeedsSingleSignOn.ShouldBeTrue();
        (await owner.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        Claim(person.Email);
        using var signedOn = await RedeemAsync(await SignInAsync());
        (await signedOn.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);

        // Sessions of a provider that was removed end.
        (await _tenant.Developer.DeleteAsync("/api/settings/single-sign-on", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await signedOn.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        ErrorOf(await BeginAsync(Browser())).ShouldBe(SingleSignOnErrors.Unavailable);
    }

    [Fact]
    public async Task Check_the_provider_when_it_is_saved_and_never_show_the_secret()
    {
        (await AccountWorld.TitleAsync(await SaveAsync("https://127.0.0.1:1"), HttpStatusCode.BadRequest)).ShouldContain("can't be read");
        (await AccountWorld.TitleAsync(await SaveAsync(_issuer.Address + "/"), HttpStatusCode.BadRequest)).ShouldContain(_issuer.Address);
        (await AccountWorld.TitleAsync(await SaveAsync("http://login.example.com"), HttpStatusCode.BadRequest)).ShouldContain("https");

        var saved = await SetUpAsync(defaultRole: null);

        saved.RedirectUri.ShouldBe(new Uri(api.Node.Address, SingleSignOnFlow.CallbackPath).AbsoluteUri);
        (await _tenant.Developer.GetStringAsync("/api/settings/single-sign-on", Ct)).ShouldNotContain(OidcIssuer.ClientSecret);
        // The secret is not sent to another provider.
        var other = await _tenant.Developer.PutAsJsonAsync(
            "/api/settings/single-sign-on", new { issuer = _issuer.Address, clientId = "another" }, Ct);
        (await AccountWorld.TitleAsync(other, HttpStatusCode.BadRequest)).ShouldContain("clientSecret");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    public async Task Return_only_to_pages_of_the_console(string returnUrl)
    {
        await SetUpAsync(defaultRole: "viewer");
        Claim(AccountWorld.NewEmail());

        QueryOf(await SignInAsync(returnUrl))["returnUrl"].ToString().ShouldBe("/");
    }

    private string Claim(string email)
    {
        _issuer.Claims["email"] = email;
        return email;
    }

    private Task<HttpResponseMessage> SaveAsync(string issuer, string? defaultRole = null, bool required = false) =>
        _tenant.Developer.PutAsJsonAsync(
            "/api/settings/single-sign-on",
            new { issuer, clientId = OidcIssuer.ClientId, clientSecret = OidcIssuer.ClientSecret, required, defaultRole },
            Ct);

    private async Task<SingleSignOnState> SetUpAsync(string? defaultRole, bool required = false) =>
        await AccountWorld.ReadAsync<SingleSignOnState>(await SaveAsync(_issuer.Address, defaultRole, required));

    private HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
    {
        BaseAddress = api.Node.Address,
    };

    private async Task<Uri> BeginAsync(HttpClient browser, string returnUrl = "/")
    {
        var address = $"/api/accounts/single-sign-on/{_tenant.Created.Slug}?returnUrl={Uri.EscapeDataString(returnUrl)}";
        return await FollowAsync(browser, new Uri(api.Node.Address, address));
    }

    private static async Task<Uri> FollowAsync(HttpClient browser, Uri address)
    {
        var response = await browser.GetAsync(address, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync(Ct));
        return response.Headers.Location!;
    }

    private async Task<Uri> SignInAsync(string returnUrl = "/")
    {
        using var browser = Browser();
        return await FollowAsync(browser, _issuer.Authorize(await BeginAsync(browser, returnUrl)));
    }

    private async Task<HttpClient> RedeemAsync(Uri location)
    {
        var response = await _world.PostAsync("/api/accounts/sign-in/code", new { code = QueryOf(location)["code"].ToString() });
        return _world.Client((await AccountWorld.ReadAsync<SignInResult>(response)).Token!, _tenant.Created.Slug);
    }

    private static Dictionary<string, Microsoft.Extensions.Primitives.StringValues> QueryOf(Uri address) =>
        QueryHelpers.ParseQuery(address.Query);

    private static string ErrorOf(Uri address)
    {
        address.AbsoluteUri.ShouldStartWith("http://localhost:5082/sign-in?");
        return QueryOf(address)["error"].ToString();
    }
}

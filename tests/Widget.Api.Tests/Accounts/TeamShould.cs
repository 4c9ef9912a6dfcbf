using System.Net;
using System.Net.Http.Json;
using Widget.Api.Tenancy;
using Widget.Contracts;

namespace Widget.Api.Tests.Accounts;

/// <summary>Members, invitations and the boundary between companies.</summary>
public sealed class TeamShould(ApiFixture api)
{
    private readonly AccountWorld _world = new(api, api.Node);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Let_an_invited_person_make_an_account_and_sign_in()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (_, owner) = await _world.MemberAsync(tenant);
        var email = AccountWorld.NewEmail();

        var token = await InviteAsync(owner, email, "rep");
        var view = await AccountWorld.ReadAsync<InvitationView>(await GetAsync($"/api/accounts/invitations/{token}"));
        (view.Company, view.Email, view.Role, view.HasAccount).ShouldBe(("Harbor Bikes", email, "rep", false));
        var accepted = await _world.PostAsync(
            $"/api/accounts/invitations/{token}/accept", new { name = "Ada", password = AccountWorld.Password });
        var result = await AccountWorld.ReadAsync<SignInResult>(accepted);

        using var client = _world.Client(result.Token!, tenant.Created.Slug);
        (await AccountWorld.MeAsync(client)).Memberships.Single().Role.ShouldBe("rep");
        var team = await client.GetFromJsonAsync<Team>("/api/team", TestTenant.Json, Ct);
        team!.Members.Single(member => member.IsYou).Name.ShouldBe("Ada");
        team.Invitations.ShouldBeEmpty();
        (await GetAsync($"/api/accounts/invitations/{token}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Let_a_person_with_an_account_join_another_company_only_when_signed_in_to_that_account()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (_, owner) = await _world.MemberAsync(tenant);
        var (person, elsewhere) = await _world.MemberAsync(await TestTenant.CreateAsync(api));
        var token = await InviteAsync(owner, person.Email.ToUpperInvariant(), "admin");
        var path = $"/api/accounts/invitations/{token}/accept";

        // The link alone is not enough, nor is another account.
        (await _world.PostAsync(path, new { name = "Eve", password = "another password 41 entirely" })).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
        using var other = await _world.SignedInAsync(await _world.PersonAsync());
        (await _world.PostAsync(path, new { }, other)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await _world.PostAsync(path, new { }, elsewhere)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await AccountWorld.MeAsync(elsewhere)).Memberships.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Not_make_the_account_of_another_person_while_signed_in()
    {
        var (_, owner) = await _world.MemberAsync(await TestTenant.CreateAsync(api));
        var token = await InviteAsync(owner, AccountWorld.NewEmail(), "viewer");

        (await _world.PostAsync(
            $"/api/accounts/invitations/{token}/accept", new { name = "Eve", password = AccountWorld.Password }, owner)).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Replace_withdraw_and_expire_invitations()
    {
        var (_, owner) = await _world.MemberAsync(await TestTenant.CreateAsync(api));
        var email = AccountWorld.NewEmail();
        var first = await InviteAsync(owner, email, "viewer");
        var second = await InviteAsync(owner, email, "admin");
        (await GetAsync($"/api/accounts/invitations/{first}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var invitation = (await owner.GetFromJsonAsync<Team>("/api/team", TestTenant.Json, Ct))!.Invitations.Single();
        (invitation.Role, invitation.Url).ShouldBe(("admin", null));
        (await owner.DeleteAsync($"/api/team/invitations/{invitation.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await GetAsync($"/api/accounts/invitations/{second}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var third = await InviteAsync(owner, email, "viewer");
        await api.Database.OwnerSource.ExecuteAsync(
            """
            with t as (select set_config('app.across_tenants', 'on', false))
            update invitations set expires_at = now() from t where email = $1
            """,
            email);
        (await GetAsync($"/api/accounts/invitations/{third}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Not_tell_whether_an_address_has_an_account_without_the_link()
    {
        var (_, owner) = await _world.MemberAsync(await TestTenant.CreateAsync(api));
        var known = await _world.PersonAsync();

        var one = await InvitationAsync(owner, known.Email);
        var other = await InvitationAsync(owner, AccountWorld.NewEmail());

        (one.Role, one.Email.Length).ShouldBe((other.Role, other.Email.Length));
        (await GetAsync("/api/accounts/invitations/inv_guessed")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keep_at_least_one_owner()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (_, owner) = await _world.MemberAsync(tenant);
        var team = await owner.GetFromJsonAsync<Team>("/api/team", TestTenant.Json, Ct);
        var first = team!.Members.Single().Id;

        (await AccountWorld.TitleAsync(await PatchAsync(owner, first, "admin"), HttpStatusCode.Conflict))
            .ShouldContain("at least one owner");
        (await owner.DeleteAsync($"/api/team/{first}", Ct)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        // Two owners who remove each other at the same time: one of them stays.
        var second = await _world.JoinAsync(await _world.PersonAsync(), tenant);
        var removals = await Task.WhenAll(
            tenant.Developer.DeleteAsync($"/api/team/{first}", Ct),
            tenant.Developer.DeleteAsync($"/api/team/{second}", Ct));
        removals.Count(response => response.IsSuccessStatusCode).ShouldBe(1);
    }

    [Fact]
    public async Task Take_effect_at_once_when_a_role_changes_or_a_member_is_removed()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (_, owner) = await _world.MemberAsync(tenant);
        var (person, member) = await _world.MemberAsync(tenant, Role.Rep);
        var team = await owner.GetFromJsonAsync<Team>("/api/team", TestTenant.Json, Ct);
        var id = team!.Members.Single(row => row.Email == person.Email).Id;

        (await PatchAsync(owner, id, "viewer")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AccountWorld.MeAsync(member)).Memberships.Single().Role.ShouldBe("viewer");
        (await PatchAsync(owner, id, "king")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await owner.DeleteAsync($"/api/team/{id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await AccountWorld.TitleAsync(await member.GetAsync("/api/settings", Ct), HttpStatusCode.Forbidden)).ShouldContain("not a member");
    }

    [Fact]
    public async Task Show_a_member_of_two_companies_nothing_of_one_in_the_other()
    {
        var (one, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var strange = await TestTenant.CreateAsync(api);
        var (person, client) = await _world.MemberAsync(one);
        await _world.JoinAsync(person, other, Role.Viewer);
        (await one.Developer.PutAsJsonAsync("/api/settings/origins", new { origins = new[] { "https://one.example" } }, Ct))
            .EnsureSuccessStatusCode();

        (await client.GetStringAsync("/api/settings/origins", Ct)).ShouldContain("one.example");
        using var switched = _world.Client(AccountWorld.TokenOf(client), other.Created.Slug);
        (await switched.GetStringAsync("/api/settings/origins", Ct)).ShouldNotContain("one.example");
        using var refused = _world.Client(AccountWorld.TokenOf(client), strange.Created.Slug);
        (await refused.GetAsync("/api/settings/origins", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var unnamed = _world.Client(AccountWorld.TokenOf(client));
        (await AccountWorld.TitleAsync(await unnamed.GetAsync("/api/settings/origins", Ct), HttpStatusCode.BadRequest))
            .ShouldContain("X-Tenant");
        using var ended = _world.Client("ss_made-up", one.Created.Slug);
        (await ended.GetAsync("/api/settings/origins", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Refuse_a_session_and_an_address_of_different_companies()
    {
        var (one, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var (_, client) = await _world.MemberAsync(one);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/settings/origins");
        request.Headers.Add("X-API-Key", other.Created.ApiKey);

        (await client.SendAsync(request, Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Refuse_everything_of_a_suspended_company_except_the_account_itself()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (_, client) = await _world.MemberAsync(tenant);
        var visitor = await tenant.VisitAsync();
        await api.Database.OwnerSource.ExecuteAsync(
            """
            with t as (select set_config('app.across_tenants', 'on', false))
            update tenants set suspended_at = now() from t where tenant_id = $1
            """,
            tenant.Created.TenantId);
        api.Node.Service<SuspendedTenants>().Forget();

        (await AccountWorld.TitleAsync(await client.GetAsync("/api/settings", Ct), HttpStatusCode.Forbidden)).ShouldContain("suspended");
        (await AccountWorld.TitleAsync(await tenant.Developer.GetAsync("/api/settings", Ct), HttpStatusCode.Forbidden))
            .ShouldContain("suspended");
        (await visitor.Client.GetAsync(visitor.Conversation, Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var anonymous = api.Node.Client();
        (await anonymous.PostAsJsonAsync("/api/widget/session", new { siteKey = tenant.Created.SiteKey }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
        (await AccountWorld.MeAsync(client)).Memberships.Single().Suspended.ShouldBeTrue();
    }

    // The node sends no e-mails, so the answer has the link.
    private static async Task<string> InviteAsync(HttpClient owner, string email, string role)
    {
        var response = await owner.PostAsJsonAsync("/api/team/invitations", new { email, role }, Ct);
        return (await AccountWorld.ReadAsync<TeamInvitation>(response)).Url!.Split("token=")[1];
    }

    private static async Task<TeamInvitation> InvitationAsync(HttpClient owner, string email) =>
        await AccountWorld.ReadAsync<TeamInvitation>(
            await owner.PostAsJsonAsync("/api/team/invitations", new { email, role = "rep" }, Ct));

    private static Task<HttpResponseMessage> PatchAsync(HttpClient client, Guid member, string role) =>
        client.PatchAsJsonAsync($"/api/team/{member}", new { role }, Ct);

    private async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var client = api.Node.Client();
        return await client.GetAsync(path, Ct);
    }
}

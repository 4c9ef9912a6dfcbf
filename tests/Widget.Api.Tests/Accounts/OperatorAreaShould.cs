using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Accounts;

/// <summary>What the installation's operator may see and do.</summary>
public sealed class OperatorAreaShould(ApiFixture api)
{
    private readonly AccountWorld _world = new(api, api.Node);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/operator/tenants")]
    [InlineData("/api/operator/jobs")]
    [InlineData("/api/operator/health")]
    [InlineData("/api/operator/providers")]
    public async Task Be_closed_to_everybody_else(string path)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (_, owner) = await _world.MemberAsync(tenant);

        (await owner.GetAsync(path, Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await tenant.Developer.GetAsync(path, Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var anonymous = api.Node.Client();
        (await anonymous.GetAsync(path, Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Create_a_company_and_invite_its_owner()
    {
        using var client = await OperatorAsync();
        var (slug, email) = ($"new-{Guid.NewGuid():N}"[..20], AccountWorld.NewEmail());

        var response = await client.PostAsJsonAsync("/api/operator/tenants", new { name = "New Ltd", slug, ownerEmail = email }, Ct);
        var created = await AccountWorld.ReadAsync<OperatorCreatedTenant>(response);
        var token = created.Invitation.Url!.Split("token=")[1];
        var accepted = await _world.PostAsync(
            $"/api/accounts/invitations/{token}/accept", new { name = "Ada", password = AccountWorld.Password });
        using var owner = _world.Client((await AccountWorld.ReadAsync<SignInResult>(accepted)).Token!, slug);

        (await AccountWorld.MeAsync(owner)).Memberships.Single().Role.ShouldBe("owner");
        (await owner.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostAsJsonAsync("/api/operator/tenants", new { name = "New Ltd", slug, ownerEmail = email }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Suspend_and_resume_a_company()
    {
        using var client = await OperatorAsync();
        var tenant = await TestTenant.CreateAsync(api);
        var path = $"/api/operator/tenants/{tenant.Created.TenantId}";

        (await AccountWorld.ReadAsync<OperatorTenant>(await client.PatchAsJsonAsync(path, new { suspended = true }, Ct))).SuspendedAt
            .ShouldNotBeNull();
        (await tenant.Developer.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await AccountWorld.ReadAsync<OperatorTenant>(await client.PatchAsJsonAsync(path, new { suspended = false }, Ct));
        (await tenant.Developer.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsJsonAsync($"/api/operator/tenants/{Guid.NewGuid()}", new { suspended = true }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Set_ceilings_that_hold_for_the_company_alone()
    {
        using var client = await OperatorAsync();
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));

        var changed = await client.PatchAsJsonAsync(
            $"/api/operator/tenants/{tenant.Created.TenantId}", new { limits = new { monthlyMessages = 0, monthlyTokens = 5_000 } }, Ct);

        (await AccountWorld.ReadAsync<OperatorTenant>(changed)).Limits.ShouldBe(
            new OperatorLimits { MonthlyMessages = 0, MonthlyTokens = 5_000 });
        var usage = await tenant.Developer.GetFromJsonAsync<UsageReport>("/api/usage", TestTenant.Json, Ct);
        (usage!.Messages.Ceiling, usage.Messages.State, usage.Tokens.Ceiling).ShouldBe((0, BudgetState.Reached, 5_000));
        (await other.Developer.GetFromJsonAsync<UsageReport>("/api/usage", TestTenant.Json, Ct))!.Messages.Ceiling.ShouldBeNull();
        (await client.PatchAsJsonAsync(
            $"/api/operator/tenants/{tenant.Created.TenantId}", new { limits = new { monthlyMessages = -1 } }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Show_figures_and_reasons_but_nothing_that_people_wrote()
    {
        using var client = await OperatorAsync();
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await api.Database.OwnerSource.ExecuteAsync(
            """
            with t as (select set_config('app.across_tenants', 'on', false))
            insert into mail_outbox (tenant_id, id, recipient, subject, text, html, failed_at, error)
            select $1, gen_random_uuid(), 'secret@person.example', 'Secret subject', 'Secret text', '', now(),
              'The page "Secret page" at https://secret.example/path was refused' from t
            """,
            tenant.Created.TenantId);

        var row = (await TenantsAsync(client)).Single(entry => entry.TenantId == tenant.Created.TenantId);
        (row.Documents, row.Conversations, row.Slug).ShouldBe((3, 1, tenant.Created.Slug));
        var jobs = await client.GetFromJsonAsync<IReadOnlyList<OperatorJobs>>("/api/operator/jobs", TestTenant.Json, Ct);
        var own = jobs!.Where(entry => entry.TenantId == tenant.Created.TenantId).ToList();
        own.Single(entry => entry.Kind == "ingestion").State.ShouldBe("ready");
        var mail = own.Single(entry => entry.Kind == "mail");
        (mail.State, mail.Reason, mail.Jobs).ShouldBe(("failed", "The page \"…\" at … was refused", 1));
        JsonSerializer.Serialize(jobs).ShouldNotContain("ecret");
        var providers = await client.GetFromJsonAsync<IReadOnlyList<OperatorProvider>>("/api/operator/providers", TestTenant.Json, Ct);
        providers!.Single(provider => provider.Name == "E-mail").Configured.ShouldBeFalse();
        (await client.GetFromJsonAsync<HealthState>("/api/operator/health", TestTenant.Json, Ct))!.Checks.ShouldNotBeEmpty();
        visitor.Session.ConversationId.ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public async Task Not_reach_conversations_unless_the_company_allows_it_for_a_time()
    {
        using var client = await OperatorAsync();
        var tenant = await TestTenant.CreateAsync(api);
        var (_, owner) = await _world.MemberAsync(tenant);
        using var inside = _world.Client(AccountWorld.TokenOf(client), tenant.Created.Slug);
        (await inside.GetAsync("/api/inbox", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        (await owner.PutAsJsonAsync("/api/settings/operator-access", new { until = until.AddDays(60) }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        var granted = await owner.PutAsJsonAsync("/api/settings/operator-access", new { until }, Ct);
        (await AccountWorld.ReadAsync<OperatorAccessState>(granted)).GrantedBy.ShouldBe("Kim Doe");

        (await inside.GetAsync("/api/inbox", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var membership = (await AccountWorld.MeAsync(inside)).Memberships.Single(entry => entry.Slug == tenant.Created.Slug);
        membership.Role.ShouldBe("viewer");
        // Other accounts gain nothing by it.
        using var stranger = _world.Client(
            AccountWorld.TokenOf(await _world.SignedInAsync(await _world.PersonAsync())), tenant.Created.Slug);
        (await stranger.GetAsync("/api/inbox", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        await owner.PutAsJsonAsync("/api/settings/operator-access", new { until = (DateTimeOffset?)null }, Ct);
        (await inside.GetAsync("/api/inbox", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<HttpClient> OperatorAsync() => await _world.SignedInAsync(await _world.PersonAsync(isOperator: true));

    private static async Task<IReadOnlyList<OperatorTenant>> TenantsAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<IReadOnlyList<OperatorTenant>>("/api/operator/tenants", TestTenant.Json, Ct))!;
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using Widget.Api.Accounts;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;

namespace Widget.Api.Tests.Accounts;

/// <summary>Accounts on a node, and what people do to sign in.</summary>
internal sealed class AccountWorld(ApiFixture api, ApiNode node)
{
    /// <summary>A password that is hard to guess.</summary>
    public const string Password = "vivid otter 71 rolls uphill";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ApiNode Node => node;

    /// <summary>An address that no other test uses.</summary>
    public static string NewEmail() => $"{Guid.NewGuid():N}@people.example";

    /// <summary>Adds an account whose address is confirmed.</summary>
    public async Task<Person> PersonAsync(string? password = Password, bool isConfirmed = true, bool isOperator = false)
    {
        var email = NewEmail();
        await using var scope = node.Service<IServiceScopeFactory>().CreateAsyncScope();
        var created = await scope.ServiceProvider.GetRequiredService<AccountCreation>()
            .CreateAsync(email, "Kim Doe", password, isConfirmed);
        created.Problem.ShouldBeNull();
        if (isOperator)
            await api.Database.OwnerSource.ExecuteAsync("update accounts set operator = true where id = $1", created.Account!.Id);
        return new Person(created.Account!.Id, email);
    }

    /// <summary>Makes a person a member of a tenant.</summary>
    public async Task<Guid> JoinAsync(Person person, TestTenant tenant, Role role = Role.Owner)
    {
        var member = Guid.CreateVersion7();
        await api.Database.OwnerSource.ExecuteAsync(
            $"""
            with t as (select set_config('app.across_tenants', 'on', false))
            insert into members (tenant_id, id, email, name, role, account_id)
            select $1, $2, $3, 'Kim Doe', '{role.ToString().ToLowerInvariant()}', $4 from t
            """,
            tenant.Created.TenantId,
            member,
            person.Email,
            person.Id);
        return member;
    }

    /// <summary>Signs a person in and returns a client with the session, for a tenant or for none.</summary>
    public async Task<HttpClient> SignedInAsync(Person person, TestTenant? tenant = null)
    {
        var response = await SignInAsync(person.Email, Password);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        var result = (await response.Content.ReadFromJsonAsync<SignInResult>(TestTenant.Json, Ct))!;
        result.Status.ShouldBe(SignInResult.SignedIn);
        return Client(result.Token!, tenant?.Created.Slug);
    }

    /// <summary>A member of a tenant who is signed in.</summary>
    public async Task<(Person Person, HttpClient Client)> MemberAsync(TestTenant tenant, Role role = Role.Owner)
    {
        var person = await PersonAsync();
        await JoinAsync(person, tenant, role);
        return (person, await SignedInAsync(person, tenant));
    }

    public HttpClient Client(string token, string? slug = null)
    {
        var client = node.Client(token);
        if (slug is not null) client.DefaultRequestHeaders.Add(MemberStrategy.TenantHeader, slug);
        return client;
    }

    public async Task<HttpResponseMessage> SignInAsync(string email, string password)
    {
        using var client = node.Client();
        return await client.PostAsJsonAsync("/api/accounts/sign-in", new { email, password }, Ct);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, object body, HttpClient? from = null)
    {
        using var client = from is null ? node.Client() : null;
        return await (from ?? client!).PostAsJsonAsync(path, body, Ct);
    }

    /// <summary>Turns the second factor on and returns its secret and recovery codes.</summary>
    public static async Task<(string Secret, IReadOnlyList<string> Codes)> TurnTwoFactorOnAsync(HttpClient client)
    {
        var start = await client.PostAsync("/api/accounts/me/two-factor/start", content: null, Ct);
        var secret = (await ReadAsync<TwoFactorSecret>(start)).Secret;
        var confirm = await client.PostAsJsonAsync("/api/accounts/me/two-factor/confirm", new { code = CodeOf(secret) }, Ct);
        return (secret, (await ReadAsync<RecoveryCodeList>(confirm)).RecoveryCodes);
    }

    /// <summary>The code that an authenticator app shows.</summary>
    /// <param name="secret">The secret in Base32.</param>
    /// <param name="steps">How many steps of 30 seconds the app's clock is ahead.</param>
    public static string CodeOf(string secret, int steps = 0) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30 * steps));

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        response.IsSuccessStatusCode.ShouldBeTrue($"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Ct)}");
        return (await response.Content.ReadFromJsonAsync<T>(TestTenant.Json, Ct))!;
    }

    /// <summary>The error message of a refusal.</summary>
    public static async Task<string> TitleAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        response.StatusCode.ShouldBe(status, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("title").GetString()!;
    }

    public static async Task<AccountProfile> MeAsync(HttpClient client) =>
        await ReadAsync<AccountProfile>(await client.GetAsync("/api/accounts/me", Ct));

    public static string TokenOf(HttpClient client) => client.DefaultRequestHeaders.Authorization!.Parameter!;
}

/// <summary>An account.</summary>
internal sealed record Person(Guid Id, string Email);

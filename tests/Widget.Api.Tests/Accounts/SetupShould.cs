using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Accounts;

/// <summary>The first account of a new installation.</summary>
public sealed class SetupShould : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ApiNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _node = await ApiNode.StartAsync(
            _database, configure: options => options with { Accounts = new() { SetupToken = "setup-token-1234" } });
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Make_the_operator_and_the_first_company_once()
    {
        using var client = _node.Client();
        (await client.GetFromJsonAsync<SetupState>("/api/accounts/setup", TestTenant.Json, Ct))
            .ShouldBe(new SetupState(true) { TokenRequired = true });
        await RefusedAsync(client, "setupToken", "ada@acme.example", AccountWorld.Password, "wrong-token-1234");
        // Each refusal leaves nothing behind that would stop a later setup.
        await RefusedAsync(client, "password", "ada@acme.example", "AcmeSoehne2026", "setup-token-1234");
        await RefusedAsync(client, "email", "not an address", AccountWorld.Password, "setup-token-1234");

        var requests = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => client.PostAsJsonAsync(
            "/api/accounts/setup", Request($"ada{i}@acme.example", AccountWorld.Password, "setup-token-1234"), Ct)));

        var done = requests.Single(response => response.IsSuccessStatusCode);
        requests.Count(response => response.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
        var session = await AccountWorld.ReadAsync<SignInResult>(done);
        using var signedIn = _node.Client(session.Token);
        var me = await AccountWorld.MeAsync(signedIn);
        me.Operator.ShouldBeTrue();
        var membership = me.Memberships.Single();
        (membership.Name, membership.Slug, membership.Role).ShouldBe(("Acme Söhne", "acme-soehne", "owner"));
        signedIn.DefaultRequestHeaders.Add("X-Tenant", membership.Slug);
        (await signedIn.GetStringAsync("/api/settings/origins", Ct)).ShouldContain("https://www.acme.example");
        (await client.GetFromJsonAsync<SetupState>("/api/accounts/setup", TestTenant.Json, Ct))!.Needed.ShouldBeFalse();
    }

    private static object Request(string email, string password, string token) =>
        new { email, password, name = "Ada", company = "Acme Söhne", webAddress = "www.acme.example/shop", token };

    private static async Task RefusedAsync(HttpClient client, string what, string email, string password, string token)
    {
        var response = await client.PostAsJsonAsync("/api/accounts/setup", Request(email, password, token), Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{what}: {await response.Content.ReadAsStringAsync(Ct)}");
    }
}

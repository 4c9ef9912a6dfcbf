using System.Net;
using Widget.Contracts;

namespace Widget.Api.Tests.Accounts;

/// <summary>Passkeys, with an authenticator that signs as a browser does.</summary>
public sealed class PasskeysShould(ApiFixture api)
{
    private const string Origin = "http://localhost:5082";

    private readonly AccountWorld _world = new(api, api.Node);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_in_without_a_password_even_with_a_second_factor()
    {
        var person = await _world.PersonAsync();
        using var client = await _world.SignedInAsync(person);
        await AccountWorld.TurnTwoFactorOnAsync(client);
        using var authenticator = new SoftwareAuthenticator();

        (await AddAsync(client, authenticator)).Name.ShouldBe("Laptop");
        var result = await AccountWorld.ReadAsync<SignInResult>(await SignInAsync(authenticator));

        using var signedIn = _world.Client(result.Token!);
        var me = await AccountWorld.MeAsync(signedIn);
        me.Id.ShouldBe(person.Id);
        me.Passkeys.Single().Name.ShouldBe("Laptop");
    }

    [Fact]
    public async Task Refuse_other_origins_and_people_who_were_not_verified()
    {
        using var client = await _world.SignedInAsync(await _world.PersonAsync());
        using var authenticator = new SoftwareAuthenticator();
        (await TryAddAsync(client, authenticator, "https://evil.example")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await AddAsync(client, authenticator);

        (await SignInAsync(authenticator, "https://evil.example")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        authenticator.VerifiesUser = false;
        (await SignInAsync(authenticator)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        authenticator.VerifiesUser = true;
        (await SignInAsync(authenticator)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Refuse_a_sign_in_that_is_sent_twice()
    {
        using var client = await _world.SignedInAsync(await _world.PersonAsync());
        using var authenticator = new SoftwareAuthenticator();
        await AddAsync(client, authenticator);
        var options = await OptionsAsync("/api/accounts/passkeys/sign-in/options");
        var request = new { credential = authenticator.Get(options.Options, Origin), state = options.State };

        (await _world.PostAsync("/api/accounts/passkeys/sign-in", request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _world.PostAsync("/api/accounts/passkeys/sign-in", request)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Not_be_added_to_another_account_and_not_work_once_removed()
    {
        using var one = await _world.SignedInAsync(await _world.PersonAsync());
        using var other = await _world.SignedInAsync(await _world.PersonAsync());
        using var authenticator = new SoftwareAuthenticator();
        var passkey = await AddAsync(one, authenticator);

        // The state was made for the other account.
        var options = await OptionsAsync("/api/accounts/me/passkeys/options", one);
        using var second = new SoftwareAuthenticator();
        var stolen = new { name = "Stolen", credential = second.Create(options.Options, Origin), state = options.State };
        (await _world.PostAsync("/api/accounts/me/passkeys", stolen, other)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await other.DeleteAsync($"/api/accounts/me/passkeys/{passkey.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await TryAddAsync(other, authenticator, Origin)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        (await one.DeleteAsync($"/api/accounts/me/passkeys/{passkey.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SignInAsync(authenticator)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<PasskeySummary> AddAsync(HttpClient client, SoftwareAuthenticator authenticator) =>
        await AccountWorld.ReadAsync<PasskeySummary>(await TryAddAsync(client, authenticator, Origin));

    private async Task<HttpResponseMessage> TryAddAsync(HttpClient client, SoftwareAuthenticator authenticator, string origin)
    {
        var options = await OptionsAsync("/api/accounts/me/passkeys/options", client);
        return await _world.PostAsync(
            "/api/accounts/me/passkeys",
            new { name = "Laptop", credential = authenticator.Create(options.Options, origin), state = options.State },
            client);
    }

    private async Task<HttpResponseMessage> SignInAsync(SoftwareAuthenticator authenticator, string origin = Origin)
    {
        var options = await OptionsAsync("/api/accounts/passkeys/sign-in/options");
        return await _world.PostAsync(
            "/api/accounts/passkeys/sign-in",
            new { credential = authenticator.Get(options.Options, origin), state = options.State });
    }

    private async Task<PasskeyOptions> OptionsAsync(string path, HttpClient? client = null)
    {
        using var anonymous = client is null ? _world.Node.Client() : null;
        return await AccountWorld.ReadAsync<PasskeyOptions>(await (client ?? anonymous!).PostAsync(path, content: null, Ct));
    }
}

using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Accounts;

/// <summary>The second factor: an authenticator app and recovery codes.</summary>
public sealed class TwoFactorShould(ApiFixture api)
{
    private const string Path = "/api/accounts/sign-in/two-factor";

    private readonly AccountWorld _world = new(api, api.Node);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_asked_for_after_the_password_and_accept_each_code_once()
    {
        var (person, secret, _) = await WithTwoFactorAsync();

        var challenge = await ChallengeAsync(person);
        (await _world.PostAsync(Path, new { challenge, code = "000000" })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var code = AccountWorld.CodeOf(secret, steps: 1);
        var first = await _world.PostAsync(Path, new { challenge, code });
        (await AccountWorld.ReadAsync<SignInResult>(first)).Token.ShouldStartWith("ss_");

        // The same code is still valid by the clock, but was used.
        var again = await ChallengeAsync(person);
        (await _world.PostAsync(Path, new { challenge = again, code })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Accept_a_code_once_of_two_requests_at_the_same_time()
    {
        var (person, secret, _) = await WithTwoFactorAsync();
        var challenges = new[] { await ChallengeAsync(person), await ChallengeAsync(person), await ChallengeAsync(person) };
        var code = AccountWorld.CodeOf(secret, steps: 1);

        var responses = await Task.WhenAll(challenges.Select(challenge => _world.PostAsync(Path, new { challenge, code })));

        responses.Count(response => response.IsSuccessStatusCode).ShouldBe(1);
    }

    [Fact]
    public async Task Accept_each_recovery_code_once()
    {
        var (person, _, codes) = await WithTwoFactorAsync();
        codes.Count.ShouldBe(10);

        var first = await _world.PostAsync(Path, new { challenge = await ChallengeAsync(person), code = codes[0].ToLowerInvariant() });
        var result = await AccountWorld.ReadAsync<SignInResult>(first);
        var again = await _world.PostAsync(Path, new { challenge = await ChallengeAsync(person), code = codes[0] });

        again.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var client = _world.Client(result.Token!);
        (await AccountWorld.MeAsync(client)).RecoveryCodesLeft.ShouldBe(9);
    }

    [Fact]
    public async Task Refuse_a_challenge_that_was_used_or_made_up()
    {
        var (person, _, codes) = await WithTwoFactorAsync();
        var challenge = await ChallengeAsync(person);
        (await _world.PostAsync(Path, new { challenge, code = codes[0] })).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await _world.PostAsync(Path, new { challenge, code = codes[1] })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _world.PostAsync(Path, new { challenge = "made-up", code = codes[2] })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Store_neither_the_secret_nor_the_recovery_codes_in_plain_text()
    {
        var (person, secret, codes) = await WithTwoFactorAsync();

        var stored = (string)(await api.Database.OwnerSource.ExecuteAsync(
            "select string_agg(value, ' ') from account_tokens where account_id = $1", person.Id))!;

        stored.ShouldNotContain(secret);
        stored.ShouldNotContain(codes[0]);
    }

    [Fact]
    public async Task Be_turned_off_only_with_the_password()
    {
        var person = await _world.PersonAsync();
        using var client = await _world.SignedInAsync(person);
        await AccountWorld.TurnTwoFactorOnAsync(client);

        (await DeleteAsync(client, "wrong password")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await AccountWorld.MeAsync(client)).TwoFactor.ShouldBeTrue();
        (await DeleteAsync(client, AccountWorld.Password)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await AccountWorld.MeAsync(client)).TwoFactor.ShouldBeFalse();
        (await _world.SignedInAsync(person)).Dispose();
    }

    [Fact]
    public async Task Not_be_turned_on_without_a_code()
    {
        using var client = await _world.SignedInAsync(await _world.PersonAsync());
        var start = await client.PostAsync("/api/accounts/me/two-factor/start", content: null, Ct);
        (await AccountWorld.ReadAsync<TwoFactorSecret>(start)).Uri.ShouldStartWith("otpauth://totp/");

        (await _world.PostAsync("/api/accounts/me/two-factor/confirm", new { code = "000000" }, client)).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);

        (await AccountWorld.MeAsync(client)).TwoFactor.ShouldBeFalse();
    }

    private async Task<(Person Person, string Secret, IReadOnlyList<string> Codes)> WithTwoFactorAsync()
    {
        var person = await _world.PersonAsync();
        using var client = await _world.SignedInAsync(person);
        var (secret, codes) = await AccountWorld.TurnTwoFactorOnAsync(client);
        return (person, secret, codes);
    }

    private async Task<string> ChallengeAsync(Person person)
    {
        var result = await AccountWorld.ReadAsync<SignInResult>(await _world.SignInAsync(person.Email, AccountWorld.Password));
        (result.Status, result.Token).ShouldBe((SignInResult.TwoFactor, null));
        return result.Challenge!;
    }

    private static Task<HttpResponseMessage> DeleteAsync(HttpClient client, string password) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Delete, "/api/accounts/me/two-factor") { Content = JsonContent.Create(new { password }) },
        Ct);
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Accounts.SignIn;
using Widget.Api.Limits;
using Widget.Contracts;

namespace Widget.Api.Tests.Accounts;

/// <summary>Signing in with a password, sessions, and what others learn from the answers.</summary>
public sealed class SignInShould(ApiFixture api)
{
    private readonly AccountWorld _world = new(api, api.Node);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Begin_a_session_that_shows_the_account_and_its_companies()
    {
        var (person, client) = await _world.MemberAsync(await TestTenant.CreateAsync(api));

        var me = await AccountWorld.MeAsync(client);

        me.Email.ShouldBe(person.Email);
        me.Memberships.Single().Role.ShouldBe("owner");
        (me.TwoFactor, me.Operator, me.Limited, me.HasPassword).ShouldBe((false, false, false, true));
    }

    [Fact]
    public async Task Store_only_the_hash_of_a_session()
    {
        var person = await _world.PersonAsync();
        using var client = await _world.SignedInAsync(person);

        var stored = (string)(await api.Database.OwnerSource.ExecuteAsync(
            "select string_agg(s::text, ' ') from account_sessions s where account_id = $1", person.Id))!;

        stored.ShouldNotContain(AccountWorld.TokenOf(client)[3..]);
        stored.ShouldNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(AccountWorld.TokenOf(client))));
    }

    [Fact]
    public async Task Answer_the_same_for_a_wrong_password_and_an_unknown_address()
    {
        var person = await _world.PersonAsync();
        var passwordless = await _world.PersonAsync(password: null);

        var wrong = await BodyAsync(await _world.SignInAsync(person.Email, "wrong password"));
        var unknown = await BodyAsync(await _world.SignInAsync(AccountWorld.NewEmail(), "wrong password"));
        var none = await BodyAsync(await _world.SignInAsync(passwordless.Email, "wrong password"));

        wrong.ShouldBe(unknown);
        wrong.ShouldBe(none);
        wrong.ShouldContain(SignInProblems.WrongPassword);
    }

    [Fact]
    public async Task Lock_an_address_after_too_many_wrong_passwords_whether_it_has_an_account_or_not()
    {
        var person = await _world.PersonAsync();
        foreach (var email in new[] { person.Email, AccountWorld.NewEmail() })
        {
            for (var attempt = 0; attempt < SignInLock.MaxAttempts; attempt++)
                (await _world.SignInAsync(email, "wrong password")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

            // Even the right password is refused, and another spelling of the address is no way around.
            var locked = await _world.SignInAsync(email.ToUpperInvariant(), AccountWorld.Password);
            (await AccountWorld.TitleAsync(locked, HttpStatusCode.Locked)).ShouldContain("too many attempts");
            locked.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(16));
        }
    }

    [Fact]
    public async Task Count_attempts_at_the_same_time()
    {
        var person = await _world.PersonAsync();

        var responses = await Task.WhenAll(
            Enumerable.Range(0, SignInLock.MaxAttempts + 6).Select(_ => _world.SignInAsync(person.Email, "wrong password")));

        responses.Count(response => response.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(SignInLock.MaxAttempts);
        responses.Count(response => response.StatusCode == HttpStatusCode.Locked).ShouldBe(6);
    }

    [Fact]
    public async Task Forget_wrong_passwords_after_the_right_one()
    {
        var person = await _world.PersonAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var attempt = 1; attempt < SignInLock.MaxAttempts; attempt++) await _world.SignInAsync(person.Email, "wrong password");
            (await _world.SignInAsync(person.Email, AccountWorld.Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task End_a_session_at_once()
    {
        var person = await _world.PersonAsync();
        using var here = await _world.SignedInAsync(person);
        using var there = await _world.SignedInAsync(person);

        var sessions = await here.GetFromJsonAsync<IReadOnlyList<SessionSummary>>("/api/accounts/me/sessions", TestTenant.Json, Ct);
        sessions!.Count.ShouldBe(2);
        var other = sessions.Single(session => !session.Current);
        (await here.DeleteAsync($"/api/accounts/me/sessions/{other.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await there.GetAsync("/api/accounts/me", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await here.PostAsync("/api/accounts/sign-out", content: null, Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await here.GetAsync("/api/accounts/me", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Not_end_the_sessions_of_others()
    {
        using var one = await _world.SignedInAsync(await _world.PersonAsync());
        using var other = await _world.SignedInAsync(await _world.PersonAsync());
        var sessions = await one.GetFromJsonAsync<IReadOnlyList<SessionSummary>>("/api/accounts/me/sessions", TestTenant.Json, Ct);

        (await other.DeleteAsync($"/api/accounts/me/sessions/{sessions!.Single().Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await one.GetAsync("/api/accounts/me", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task End_when_the_session_is_old()
    {
        var person = await _world.PersonAsync();
        using var client = await _world.SignedInAsync(person);
        await api.Database.OwnerSource.ExecuteAsync("update account_sessions set expires_at = now() where account_id = $1", person.Id);

        (await client.GetAsync("/api/accounts/me", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task End_all_other_sessions_with_a_new_password()
    {
        var person = await _world.PersonAsync();
        using var here = await _world.SignedInAsync(person);
        using var there = await _world.SignedInAsync(person);

        const string New = "quiet lantern 88 beneath snow";
        (await _world.PostAsync("/api/accounts/me/password", new { current = "not it", @new = New }, here)).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        (await _world.PostAsync("/api/accounts/me/password", new { current = AccountWorld.Password, @new = New }, here)).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);

        (await there.GetAsync("/api/accounts/me", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await here.GetAsync("/api/accounts/me", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _world.SignInAsync(person.Email, AccountWorld.Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _world.SignInAsync(person.Email, New)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("short 1!", "at least 10")]
    [InlineData("password1234", "easy to guess")]
    [InlineData("qwertyuiop123", "easy to guess")]
    [InlineData("iloveyou2024", "easy to guess")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", "easy to guess")]
    [InlineData("harborbikes1", "easy to guess")]
    public async Task Refuse_passwords_that_are_easy_to_guess(string password, string words)
    {
        var person = await _world.PersonAsync();
        await _world.JoinAsync(person, await TestTenant.CreateAsync(api));
        using var client = await _world.SignedInAsync(person);

        var response = await _world.PostAsync(
            "/api/accounts/me/password", new { current = AccountWorld.Password, @new = password }, client);

        (await AccountWorld.TitleAsync(response, HttpStatusCode.BadRequest)).ShouldContain(words);
    }

    [Fact]
    public async Task Limit_sign_ins_from_one_address()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            limits: LimitOptions.None.With(Limit.SignIns, Rate.PerMinutes(3, 60)));
        var world = new AccountWorld(api, node);
        for (var attempt = 0; attempt < 3; attempt++)
            (await world.SignInAsync(AccountWorld.NewEmail(), "wrong password")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        (await world.SignInAsync(AccountWorld.NewEmail(), "wrong password")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    // Without the trace id, which differs.
    private static async Task<string> BodyAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        return string.Join(' ', body.EnumerateObject().Where(field => field.Name != "traceId").Select(field => field.ToString()));
    }
}

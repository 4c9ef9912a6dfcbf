using System.Net;
using System.Net.Http.Json;
using MimeKit;
using Widget.Api.Mail;
using Widget.Api.Tests.Mail;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Accounts;

/// <summary>New passwords, confirmed addresses and invitations by e-mail.</summary>
public sealed class AccountMailsShould(ApiFixture api) : IAsyncLifetime
{
    private readonly SmtpReceiver _smtp = new();
    private ApiNode _node = null!;
    private AccountWorld _world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await ApiNode.StartAsync(api.Database, configure: options => options with
        {
            Mail = new MailOptions { Server = _smtp.Address, From = MailboxAddress.Parse("Widget <chat@widget.example>") },
            Accounts = new() { Console = new Uri("https://console.example/app") },
        });
        _world = new AccountWorld(api, _node);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _smtp.DisposeAsync();
    }

    [Fact]
    public async Task Set_a_new_password_once_and_end_all_sessions()
    {
        var person = await _world.PersonAsync();
        using var client = await _world.SignedInAsync(person);
        const string New = "quiet lantern 88 beneath snow";

        // Another spelling of the address leads to the account's own mailbox.
        var forgot = await _world.PostAsync("/api/accounts/password/forgot", new { email = person.Email.ToUpperInvariant() });
        forgot.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var token = await TokenAsync(person.Email, "https://console.example/app/reset-password?token=");
        (await _world.PostAsync("/api/accounts/password/reset", new { token, password = "password1234" })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        (await _world.PostAsync("/api/accounts/password/reset", new { token, password = New })).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);

        (await client.GetAsync("/api/accounts/me", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _world.SignInAsync(person.Email, New)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _world.PostAsync("/api/accounts/password/reset", new { token, password = AccountWorld.Password })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Answer_the_same_for_an_address_without_an_account_and_send_it_nothing()
    {
        var (person, unknown) = (await _world.PersonAsync(), AccountWorld.NewEmail());

        var one = await _world.PostAsync("/api/accounts/password/forgot", new { email = unknown });
        var other = await _world.PostAsync("/api/accounts/password/forgot", new { email = person.Email });

        (one.StatusCode, await one.Content.ReadAsStringAsync(Ct)).ShouldBe((other.StatusCode, await other.Content.ReadAsStringAsync(Ct)));
        // E-mails are sent in the order of the requests, so the first one would have arrived before the second.
        await TokenAsync(person.Email, "token=");
        _smtp.Messages.ShouldNotContain(message => message.To.Mailboxes.Any(mailbox => mailbox.Address == unknown));
    }

    [Fact]
    public async Task Remove_what_somebody_added_to_an_account_whose_address_was_never_confirmed()
    {
        var person = await _world.PersonAsync(isConfirmed: false);
        using var squatter = await _world.SignedInAsync(person);
        await AccountWorld.TurnTwoFactorOnAsync(squatter);
        using var passkey = new SoftwareAuthenticator();
        var options = await AccountWorld.ReadAsync<PasskeyOptions>(
            await squatter.PostAsync("/api/accounts/me/passkeys/options", content: null, Ct));
        (await _world.PostAsync(
            "/api/accounts/me/passkeys",
            new { name = "Mine", credential = passkey.Create(options.Options, "https://console.example"), state = options.State },
            squatter)).EnsureSuccessStatusCode();

        await _world.PostAsync("/api/accounts/password/forgot", new { email = person.Email });
        var token = await TokenAsync(person.Email, "reset-password?token=");
        const string New = "quiet lantern 88 beneath snow";
        (await _world.PostAsync("/api/accounts/password/reset", new { token, password = New })).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);

        var result = await AccountWorld.ReadAsync<SignInResult>(await _world.SignInAsync(person.Email, New));
        using var client = _world.Client(result.Token!);
        var me = await AccountWorld.MeAsync(client);
        (me.EmailConfirmed, me.TwoFactor, me.Passkeys.Count).ShouldBe((true, false, 0));
    }

    [Fact]
    public async Task Confirm_an_address()
    {
        var person = await _world.PersonAsync(isConfirmed: false);
        using var client = await _world.SignedInAsync(person);

        (await client.PostAsync("/api/accounts/me/email/confirm", content: null, Ct)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var token = await TokenAsync(person.Email, "confirm-email?token=");
        (await _world.PostAsync("/api/accounts/email/confirm", new { token = token[..^4] + "AAAA" })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        (await _world.PostAsync("/api/accounts/email/confirm", new { token })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await AccountWorld.MeAsync(client)).EmailConfirmed.ShouldBeTrue();
    }

    [Fact]
    public async Task Invite_by_e_mail_alone_so_that_the_link_confirms_the_address()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        var (_, owner) = await _world.MemberAsync(tenant);
        var email = AccountWorld.NewEmail();

        var invited = await owner.PostAsJsonAsync("/api/team/invitations", new { email, role = "admin" }, Ct);
        (await AccountWorld.ReadAsync<TeamInvitation>(invited)).Url.ShouldBeNull();
        var token = await TokenAsync(email, "https://console.example/app/invitation?token=");
        var accepted = await _world.PostAsync(
            $"/api/accounts/invitations/{token}/accept", new { name = "Ada", password = AccountWorld.Password });

        using var client = _world.Client((await AccountWorld.ReadAsync<SignInResult>(accepted)).Token!);
        (await AccountWorld.MeAsync(client)).EmailConfirmed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("de-AT, en;q=0.5", "Neues Passwort festlegen")]
    [InlineData("fr, es;q=0.8", "Establecer una contraseña nueva")]
    [InlineData("fr", "Set a new password")]
    public async Task Write_in_the_language_of_the_browser(string accepted, string subject)
    {
        var person = await _world.PersonAsync();
        using var browser = _node.Client();
        browser.DefaultRequestHeaders.Add("Accept-Language", accepted);

        await _world.PostAsync("/api/accounts/password/forgot", new { email = person.Email }, browser);

        await TokenAsync(person.Email, "reset-password?token=");
        _smtp.Messages.Last(message => message.To.Mailboxes.Any(mailbox => mailbox.Address == person.Email)).Subject.ShouldBe(subject);
    }

    [Fact]
    public async Task Not_store_links_of_new_passwords()
    {
        var person = await _world.PersonAsync();
        _smtp.RecipientResponse = "450 later";
        await _world.PostAsync("/api/accounts/password/forgot", new { email = person.Email });
        await Eventually.TrueAsync(() => Task.FromResult(_smtp.Attempts.Contains(person.Email)), "an attempt");

        var stored = (string)(await api.Database.OwnerSource.ExecuteAsync(
            "select string_agg(m::text, ' ') from account_mails m where email = $1", person.Email))!;

        stored.ShouldNotContain("token");
        await api.Database.OwnerSource.ExecuteAsync("delete from account_mails where email = $1", person.Email);
    }

    private async Task<string> TokenAsync(string email, string before)
    {
        string? token = null;
        await Eventually.TrueAsync(
            () =>
            {
                var text = _smtp.Messages
                    .Where(message => message.To.Mailboxes.Any(mailbox => mailbox.Address == email))
                    .Select(message => message.TextBody)
                    .LastOrDefault(body => body?.Contains(before, StringComparison.Ordinal) == true);
                token = text?.Split(before)[1].Split(['\r', '\n', ' '])[0];
                return Task.FromResult(token is not null);
            },
            $"an e-mail to {email} with {before}",
            seconds: 20);
        return token!;
    }
}

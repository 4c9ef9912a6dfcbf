using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Chat;

/// <summary>A visitor's conversations are opened only with a proof of the identity that they belong to.</summary>
public sealed class IdentityShould(ApiFixture api)
{
    [Fact]
    public async Task Give_a_proved_visitor_the_same_conversation_on_two_devices()
    {
        var (tenant, secret) = await TenantAsync();
        var phone = await OpenAsync(tenant, Proof(secret, "alice"));
        await phone.AskAsync("Hello");

        var laptop = await OpenAsync(tenant, Proof(secret, "alice"));

        phone.Session.Verified.ShouldBeTrue();
        laptop.Session.Verified.ShouldBeTrue();
        laptop.Session.VisitorId.ShouldBe(phone.Session.VisitorId);
        laptop.Session.ConversationId.ShouldBe(phone.Session.ConversationId);
        (await laptop.EventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Keep_the_browsers_conversation_when_its_visitor_signs_in()
    {
        var (tenant, secret) = await TenantAsync();
        var anonymous = await tenant.VisitAsync();
        await anonymous.AskAsync("Hello");

        var signedIn = await OpenAsync(tenant, Proof(secret, "alice"), anonymous.Session.VisitorId);

        signedIn.Session.VisitorId.ShouldNotBe(anonymous.Session.VisitorId);
        signedIn.Session.ConversationId.ShouldBe(anonymous.Session.ConversationId);
        (await signedIn.EventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Open_no_conversation_with_a_token_from_before_the_sign_in()
    {
        var (tenant, secret) = await TenantAsync();
        var anonymous = await tenant.VisitAsync();
        await anonymous.AskAsync("Hello");
        (await ListAsync(anonymous)).Items.Count.ShouldBe(1);
        var signedIn = await OpenAsync(tenant, Proof(secret, "alice"), anonymous.Session.VisitorId);
        await signedIn.AskAsync("And now?");

        var events = await anonymous.Client.GetAsync($"{anonymous.Conversation}/events");
        var message = await anonymous.SendAsync("Whose is this?");

        await events.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        message.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ListAsync(anonymous)).Items.ShouldBeEmpty();
        (await ListAsync(signedIn)).Items.Single().Id.ShouldBe(signedIn.Session.ConversationId);
    }

    [Fact]
    public async Task Keep_the_conversation_of_a_second_device_that_signs_in_later()
    {
        var (tenant, secret) = await TenantAsync();
        var phone = await OpenAsync(tenant, Proof(secret, "alice"));
        await phone.AskAsync("Hello");
        var laptop = await tenant.VisitAsync();
        await laptop.AskAsync("Hello from the laptop");

        var signedIn = await OpenAsync(tenant, Proof(secret, "alice"), laptop.Session.VisitorId);

        signedIn.Session.VisitorId.ShouldBe(phone.Session.VisitorId);
        signedIn.Session.ConversationId.ShouldBe(laptop.Session.ConversationId);
        (await ListAsync(phone)).Items.Select(item => item.Id)
            .ShouldBe([laptop.Session.ConversationId, phone.Session.ConversationId]);
    }

    [Fact]
    public async Task Continue_the_last_conversation_when_a_second_device_has_asked_nothing()
    {
        var (tenant, secret) = await TenantAsync();
        var phone = await OpenAsync(tenant, Proof(secret, "alice"));
        await phone.AskAsync("Hello");
        var laptop = await tenant.VisitAsync();

        var signedIn = await OpenAsync(tenant, Proof(secret, "alice"), laptop.Session.VisitorId);

        signedIn.Session.ConversationId.ShouldBe(phone.Session.ConversationId);
    }

    [Fact]
    public async Task Move_the_calls_of_a_conversation_with_it()
    {
        var (tenant, secret) = await TenantAsync();
        var anonymous = await tenant.VisitAsync();
        await anonymous.AskAsync("Hello");
        await using (var add = api.Database.OwnerSource.CreateCommand(
            """
            insert into voice_sessions (tenant_id, id, conversation_id, visitor_id, client_id, state, protocol, endpoint, account, model,
                                        plan, watched, reserved_seconds, next_check_at)
            select tenant_id, gen_random_uuid(), id, visitor_id, '1', 'ended', 'gpt_live', '', '', '', '{}', true, 1, null
            from conversations where id = $1
            """))
        {
            add.Parameters.Add(new() { Value = anonymous.Session.ConversationId });
            (await add.ExecuteNonQueryAsync()).ShouldBe(1);
        }

        var signedIn = await OpenAsync(tenant, Proof(secret, "alice"), anonymous.Session.VisitorId);

        await using var owner = api.Database.OwnerSource.CreateCommand("select visitor_id from voice_sessions where conversation_id = $1");
        owner.Parameters.Add(new() { Value = anonymous.Session.ConversationId });
        (await owner.ExecuteScalarAsync()).ShouldBe(signedIn.Session.VisitorId);
    }

    [Fact]
    public async Task Open_no_conversation_of_a_proved_visitor_by_the_visitors_id_alone()
    {
        var (tenant, secret) = await TenantAsync();
        var alice = await OpenAsync(tenant, Proof(secret, "alice"));
        await alice.AskAsync("Hello");
        var (visitorId, conversationId) = (alice.Session.VisitorId, alice.Session.ConversationId);

        foreach (var fields in new object[]
        {
            new { visitorId },
            new { visitorId, conversationId },
            new { visitorId, identity = new { id = "alice" } },
            new { visitorId, identity = new { id = "alice", hash = (string?)null } },
        })
        {
            var next = await api.Node.OpenAsync(tenant, fields);

            next.Session.VisitorId.ShouldNotBe(visitorId);
            next.Session.ConversationId.ShouldNotBe(conversationId);
            next.Session.Verified.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Not_give_a_visitor_to_the_next_person_who_signs_in_at_the_browser()
    {
        var (tenant, secret) = await TenantAsync();
        var alice = await OpenAsync(tenant, Proof(secret, "alice"));
        await alice.AskAsync("Hello");

        var bob = await api.Node.OpenAsync(
            tenant,
            new
            {
                visitorId = alice.Session.VisitorId,
                conversationId = alice.Session.ConversationId,
                identity = new { id = "bob", hash = Hash(secret, "bob") },
            });

        bob.Session.VisitorId.ShouldNotBe(alice.Session.VisitorId);
        bob.Session.ConversationId.ShouldNotBe(alice.Session.ConversationId);
        (await bob.EventsAsync()).ShouldBeEmpty();
        (await OpenAsync(tenant, Proof(secret, "alice"))).Session.ConversationId.ShouldBe(alice.Session.ConversationId);
    }

    [Fact]
    public async Task Refuse_every_wrong_proof()
    {
        var (tenant, secret) = await TenantAsync();
        var (_, othersSecret) = await TenantAsync();
        await OpenAsync(tenant, Proof(secret, "alice"));

        string[] wrong =
        [
            Hash(othersSecret, "alice"),
            Hash(secret, "bob"),
            Hash(secret, "Alice"),
            Hash(secret, "alice").ToUpperInvariant(),
            Hash(secret, "alice")[..63],
            Hash(secret, "alice") + "0",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("alice"))),
            Hash("", "alice"),
            new string('0', 64),
            "",
        ];
        foreach (var hash in wrong)
        {
            var response = await api.Node.SessionAsync(tenant, new { identity = new { id = "alice", hash } });

            await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
            var text = await response.Content.ReadAsStringAsync();
            JsonDocument.Parse(text).RootElement.GetProperty("code").GetString().ShouldBe("identity", hash);
            text.ShouldNotContain(Hash(secret, "alice"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(null)]
    public async Task Refuse_a_proof_of_no_id(string? id)
    {
        var (tenant, secret) = await TenantAsync();

        var response = await api.Node.SessionAsync(tenant, new { identity = new { id, hash = Hash(secret, id ?? "") } });

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "identity.id");
    }

    [Fact]
    public async Task Refuse_all_proofs_of_a_tenant_without_a_secret_and_with_a_replaced_one()
    {
        var without = await TestTenant.CreateAsync(api);
        await (await api.Node.SessionAsync(without, new { identity = Proof("", "alice") })).ShouldBeProblemAsync(HttpStatusCode.Forbidden);

        var (tenant, old) = await TenantAsync();
        await OpenAsync(tenant, Proof(old, "alice"));
        var replaced = await RotateAsync(tenant);

        replaced.ShouldNotBe(old);
        await (await api.Node.SessionAsync(tenant, new { identity = Proof(old, "alice") })).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        (await OpenAsync(tenant, Proof(replaced, "alice"))).Session.Verified.ShouldBeTrue();
        (await tenant.Developer.DeleteAsync("/api/settings/identity-secret")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await api.Node.SessionAsync(tenant, new { identity = Proof(replaced, "alice") }))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Make_one_visitor_of_first_sessions_at_the_same_time()
    {
        var (tenant, secret) = await TenantAsync();

        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(tenant, Proof(secret, "alice"))));

        opened.Select(visitor => visitor.Session.VisitorId).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Keep_the_same_id_of_two_tenants_apart()
    {
        var (one, firstSecret) = await TenantAsync();
        var (two, secondSecret) = await TenantAsync();

        var first = await OpenAsync(one, Proof(firstSecret, "alice"));
        var second = await OpenAsync(two, Proof(secondSecret, "alice"), first.Session.VisitorId);

        second.Session.VisitorId.ShouldNotBe(first.Session.VisitorId);
    }

    [Fact]
    public async Task Store_what_a_page_says_without_a_proof_as_unverified()
    {
        var (tenant, _) = await TenantAsync();

        var visitor = await OpenAsync(tenant, new { id = "alice", name = "Alice", email = "alice@example.com" });

        visitor.Session.Verified.ShouldBeFalse();
        await using var command = api.Database.OwnerSource.CreateCommand(
            "select external_id, verified_id is null, traits ->> 'name' from visitors where id = $1");
        command.Parameters.Add(new() { Value = visitor.Session.VisitorId });
        await using var row = await command.ExecuteReaderAsync();
        (await row.ReadAsync()).ShouldBeTrue();
        (row.GetString(0), row.GetBoolean(1), row.GetString(2)).ShouldBe(("alice", true, "Alice"));
    }

    [Fact]
    public async Task Show_the_secret_only_once()
    {
        var (tenant, secret) = await TenantAsync();

        var text = await tenant.Developer.GetStringAsync("/api/settings/identity-secret");

        text.ShouldNotContain(secret);
        JsonSerializer.Deserialize<IdentitySecretState>(text, TestTenant.Json)!.Hint.ShouldBe(secret[^4..]);
        api.Node.Log.Lines.ShouldAllBe(line => !line.Contains(secret, StringComparison.Ordinal));
    }

    private static async Task<ConversationPage> ListAsync(TestVisitor visitor) =>
        (await visitor.Client.GetFromJsonAsync<ConversationPage>("/api/widget/conversations", TestTenant.Json))!;

    private static object Proof(string secret, string id) => new { id, hash = Hash(secret, id) };

    // As a customer's server computes it.
    private static string Hash(string secret, string id) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(id)));

    private Task<TestVisitor> OpenAsync(TestTenant tenant, object identity, Guid? visitorId = null) =>
        api.Node.OpenAsync(tenant, new { visitorId, identity });

    private async Task<(TestTenant Tenant, string Secret)> TenantAsync()
    {
        var tenant = await TestTenant.CreateAsync(api);
        return (tenant, await RotateAsync(tenant));
    }

    private static async Task<string> RotateAsync(TestTenant tenant)
    {
        var response = await tenant.Developer.PostAsync("/api/settings/identity-secret", content: null);
        return (await response.Content.ReadFromJsonAsync<CreatedIdentitySecret>())!.Secret;
    }
}

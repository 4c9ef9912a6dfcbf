using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Privacy;

public sealed class PrivacyShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_all_that_is_stored_about_an_address()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await LeaveAddressAsync(await tenant.VisitAsync(), "ada@example.com", "Ada");
        await LeaveAddressAsync(await tenant.VisitAsync(), "ADA@example.com", "Ada L.");
        await LeaveAddressAsync(await tenant.VisitAsync(), "eve@example.com", "Eve");

        var person = await FindAsync(tenant, new { email = "Ada@Example.com" });

        (person.VisitorIds.Count, person.Conversations, person.Leads).ShouldBe((2, 2, 1));
        person.Names.ShouldContain("Ada");
        person.Names.ShouldNotContain("Eve");
    }

    [Fact]
    public async Task Find_a_person_by_a_further_address_or_by_phone_number()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        await LeaveAddressAsync(visitor, "ada@example.com", "Ada");
        await LeaveAddressAsync(await tenant.VisitAsync(), "eve@example.com", "Eve");
        await ExecuteAsync(
            tenant,
            """
            insert into lead_emails (tenant_id, lead_id, address, email)
            select tenant_id, id, 'second@example.com', 'Second@example.com' from leads where address = $1
            """,
            "ada@example.com");
        await ExecuteAsync(tenant, "update leads set phone = '+4930123456' where address = $1", "ada@example.com");

        foreach (var person in new object[] { new { email = "SECOND@example.com" }, new { phone = "+49 30 123456" } })
        {
            var found = await FindAsync(tenant, person);

            (found.VisitorIds.Single(), found.Leads, found.Conversations).ShouldBe((visitor.Session.VisitorId, 1, 1));
        }
    }

    [Fact]
    public async Task Export_a_person_and_nobody_else()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await LeaveAddressAsync(await tenant.VisitAsync(), "ada@example.com", "Ada", "Where is my bicycle?");
        await LeaveAddressAsync(await tenant.VisitAsync(), "eve@example.com", "Eve", "I am somebody else.");

        using var response = await tenant.Developer.PostAsJsonAsync("/api/privacy/export", new { email = "ada@example.com" }, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        await using var zip = await ZipArchive.CreateAsync(
            await response.Content.ReadAsStreamAsync(Ct), ZipArchiveMode.Read, leaveOpen: false, entryNameEncoding: null, Ct);
        zip.Entries.Select(entry => entry.FullName)
            .ShouldBe(["visitors.json", "conversations.json", "events.json", "leads.json", "meetings.json", "files.json"]);
        using var reader = new StreamReader(await zip.GetEntry("events.json")!.OpenAsync(Ct));
        var events = await reader.ReadToEndAsync(Ct);
        events.ShouldContain("Where is my bicycle?");
        events.ShouldNotContain("somebody else");
    }

    [Fact]
    public async Task Erase_a_person_and_nobody_else()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (ada, eve) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await LeaveAddressAsync(ada, "ada@example.com", "Ada");
        await LeaveAddressAsync(eve, "eve@example.com", "Eve");
        (await SearchableAsync(tenant, "ada@example.com")).ShouldBe(1);

        var response = await tenant.Developer.PostAsJsonAsync("/api/privacy/erasure", new { email = "ada@example.com" }, Ct);

        (await response.Content.ReadFromJsonAsync<Erasure>(TestTenant.Json, Ct)).ShouldBe(new Erasure(1, 1, 1, 0));
        var gone = await FindAsync(tenant, new { visitorId = ada.Session.VisitorId });
        (gone.VisitorIds.Count, gone.Conversations, gone.Leads).ShouldBe((0, 0, 0));
        (await SearchableAsync(tenant, "ada@example.com")).ShouldBe(0);
        (await SearchableAsync(tenant, "eve@example.com")).ShouldBe(1);
        var kept = await FindAsync(tenant, new { email = "eve@example.com" });
        (kept.Conversations, kept.Leads).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Not_reach_another_tenants_people()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        await LeaveAddressAsync(await other.VisitAsync(), "ada@example.com", "Ada");

        await tenant.Developer.PostAsJsonAsync("/api/privacy/erasure", new { email = "ada@example.com" }, Ct);

        (await FindAsync(other, new { email = "ada@example.com" })).Leads.ShouldBe(1);
    }

    [Fact]
    public async Task Refuse_a_request_that_does_not_say_whose_data_is_meant()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PostAsJsonAsync("/api/privacy/erasure", new { }, Ct);

        await response.ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "Give exactly one of email, phone and visitorId.",
            "email");
    }

    [Fact]
    public async Task Delete_conversations_and_leads_that_are_older_than_they_are_kept()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (old, recent) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await LeaveAddressAsync(old, "old@example.com", "Old");
        await LeaveAddressAsync(recent, "new@example.com", "New");
        await AgeAsync(tenant, old, days: 40);

        var response = await tenant.Developer.PutAsJsonAsync("/api/privacy/retention", new { conversationDays = 30 }, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        RetentionState? state = null;
        await Eventually.TrueAsync(
            async () =>
            {
                state = await tenant.Developer.GetFromJsonAsync<RetentionState>("/api/privacy/retention", TestTenant.Json, Ct);
                return state!.RanAt is not null;
            },
            "old data was looked for");
        state!.DeletedConversations.ShouldBe(1);
        var gone = await FindAsync(tenant, new { email = "old@example.com" });
        (gone.VisitorIds.Count, gone.Leads).ShouldBe((0, 0));
        (await FindAsync(tenant, new { email = "new@example.com" })).Conversations.ShouldBe(1);
    }

    private async Task AgeAsync(TestTenant tenant, TestVisitor visitor, int days)
    {
        await ExecuteAsync(
            tenant,
            $"""
            update conversations
            set created_at = now() - interval '{days} days', updated_at = now() - interval '{days} days' where id = $1
            """,
            visitor.Session.ConversationId);
        await ExecuteAsync(
            tenant,
            $"update visitors set created_at = now() - interval '{days} days' where id = $1",
            visitor.Session.VisitorId);
    }

    // Counts the texts of the inbox's search that contain this one.
    private async Task<long> SearchableAsync(TestTenant tenant, string text) =>
        (long)(await ExecuteAsync(
            tenant,
            "select count(*) from searchable_messages where tenant_id = current_tenant() and strpos(text, $1) > 0",
            text))!;

    // As the owner of the tables, for which row-level security is forced, too: the transaction sets its tenant.
    private async Task<object?> ExecuteAsync(TestTenant tenant, string sql, object value)
    {
        await using var connection = await api.Database.OwnerSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var own = new Npgsql.NpgsqlCommand("select set_config('app.tenant_id', $1, true)", connection, transaction);
        own.Parameters.Add(new() { Value = tenant.Created.TenantId.ToString() });
        await own.ExecuteNonQueryAsync(Ct);
#pragma warning disable CA2100 // The tests' own statements.
        await using var command = new Npgsql.NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = value });
        var result = await command.ExecuteScalarAsync(Ct);
        await transaction.CommitAsync(Ct);
        return result;
    }

    private static async Task LeaveAddressAsync(TestVisitor visitor, string email, string name, string message = "Please call me.")
    {
        var response = await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/human",
            new { clientId = "1", email, name, message },
            Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<PersonData> FindAsync(TestTenant tenant, object person)
    {
        var response = await tenant.Developer.PostAsJsonAsync("/api/privacy/person", person, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<PersonData>(TestTenant.Json, Ct))!;
    }
}

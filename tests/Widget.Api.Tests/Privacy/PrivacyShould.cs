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

        var response = await tenant.Developer.PostAsJsonAsync("/api/privacy/erasure", new { email = "ada@example.com" }, Ct);

        (await response.Content.ReadFromJsonAsync<Erasure>(TestTenant.Json, Ct)).ShouldBe(new Erasure(1, 1, 1, 0));
        var gone = await FindAsync(tenant, new { visitorId = ada.Session.VisitorId });
        (gone.VisitorIds.Count, gone.Conversations, gone.Leads).ShouldBe((0, 0, 0));
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

    // As the owner of the tables, for which row-level security is forced, too: the transaction sets its tenant.
    private async Task AgeAsync(TestTenant tenant, TestVisitor visitor, int days)
    {
        await using var batch = api.Database.OwnerSource.CreateBatch();
        (string Sql, object Value)[] statements =
        [
            ("select set_config('app.tenant_id', $1, true)", tenant.Created.TenantId.ToString()),
            (
                $"""
                update conversations
                set created_at = now() - interval '{days} days', updated_at = now() - interval '{days} days' where id = $1
                """,
                visitor.Session.ConversationId),
            ($"update visitors set created_at = now() - interval '{days} days' where id = $1", visitor.Session.VisitorId),
        ];
        foreach (var (sql, value) in statements)
        {
            var command = new Npgsql.NpgsqlBatchCommand(sql);
            command.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(Ct);
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

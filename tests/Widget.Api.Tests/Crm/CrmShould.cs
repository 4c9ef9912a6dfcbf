using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Widget.Api.Crm;
using Widget.Api.Tests.Leads;
using Widget.Contracts;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Crm;

/// <summary>Leads in other systems. In a database of their own, because any node of a database may send them.</summary>
public sealed class CrmShould : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private CrmStandIn _crm = null!;
    private ApiNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _crm = await CrmStandIn.StartAsync();
        _node = await ApiNode.StartAsync(
            _database,
            fetching: new FetchOptions { AllowedPrivateHosts = new HashSet<string> { $"127.0.0.1:{_crm.Address.Port}" } },
            configure: options => options with
            {
                Crm = new CrmOptions
                {
                    HubSpotEndpoint = _crm.Address,
                    FirstPause = TimeSpan.FromMilliseconds(200),
                    MaxPause = TimeSpan.FromMilliseconds(200),
                },
            });
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _crm.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Get_a_lead_as_a_contact_of_HubSpot_and_its_changes()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await ConnectAsync(tenant, "hubspot", new { token = CrmStandIn.Token, fields = new { leadId = "widget_id" } });
        var visitor = await tenant.VisitAsync();

        await GiveAsync(visitor, new { clientId = "1", name = "Ada King Lovelace", email = "Ada@acme.example" });
        var record = await DeliveredAsync(tenant, "hubspot");
        await GiveAsync(visitor, new { clientId = "2", email = "ada@acme.example", phone = "+4930901820" });

        var contact = _crm.Contacts.ShouldHaveSingleItem();
        contact.Key.ShouldBe(record.RemoteId);
        await Eventually.TrueAsync(() => Task.FromResult((string?)contact.Value["phone"] == "+4930901820"), "the number has arrived");
        Values(contact.Value).ShouldBe(
        [
            ("company", "acme.example"), ("email", "Ada@acme.example"), ("firstname", "Ada King"), ("lastname", "Lovelace"),
            ("lifecyclestage", "lead"), ("phone", "+4930901820"), ("widget_id", record.LeadId.ToString()),
        ]);
        var connection = (await ConnectionsAsync(tenant)).Single();
        (connection.Kind, connection.Failed, connection.Error).ShouldBe((CrmKind.HubSpot, 0, null));
        connection.DeliveredAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Get_what_a_merged_lead_knows()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await ConnectAsync(tenant, "hubspot", new { token = CrmStandIn.Token });
        await tenant.VisitAndGiveAsync("ada@acme.example");
        await tenant.VisitAndGiveAsync(phone: "+4930901820");
        await Eventually.TrueAsync(() => _crm.Contacts.Count == 2, "both have arrived");

        await tenant.MergeAsync((await tenant.LeadAsync("+4930901820")).Id, (await tenant.LeadAsync("ada@acme.example")).Id);

        await Eventually.TrueAsync(
            () => _crm.Contacts.Values.Any(contact =>
                ((string?)contact["email"], (string?)contact["phone"]) == ("ada@acme.example", "+4930901820")),
            "the number has arrived");
    }

    [Fact]
    public async Task Keep_one_contact_for_a_lead_without_an_address()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await ConnectAsync(tenant, "hubspot", new { token = CrmStandIn.Token });
        var visitor = await tenant.VisitAsync();

        await GiveAsync(visitor, new { clientId = "1", phone = "+4930901820" });
        await DeliveredAsync(tenant, "hubspot");
        await GiveAsync(visitor, new { clientId = "2", phone = "+4930901820", name = "Ada" });

        await Eventually.TrueAsync(
            () => Task.FromResult((string?)_crm.Contacts.Values.Single()["lastname"] == "Ada"),
            "the name has arrived");
    }

    [Fact]
    public async Task Get_a_lead_of_Salesforce_with_the_fields_that_it_requires()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var (first, second) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await GiveAsync(first, new { clientId = "1", email = "ada@acme.example" });
        await ConnectAsync(tenant, "salesforce", Salesforce());
        await GiveAsync(second, new { clientId = "1", phone = "+4930901820", name = "Grace Hopper" });
        await DeliveredAsync(tenant, "salesforce");
        _crm.EndSessions();

        (await tenant.Developer.PostAsync("/api/crm/salesforce/send", content: null, Ct)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await Eventually.TrueAsync(() => Task.FromResult(_crm.Leads.Count == 2), "both leads have arrived");
        _crm.Leads.Values.Select(lead => Values(lead.Fields)).OrderBy(values => values.Count).ShouldBe(
        [
            [("Company", "Unknown"), ("FirstName", "Grace"), ("LastName", "Hopper"), ("LeadSource", "Web"), ("Phone", "+4930901820")],
            [("Company", "acme.example"), ("Email", "ada@acme.example"), ("LastName", "ada"), ("LeadSource", "Web")],
        ],
        ignoreOrder: true);
    }

    [Fact]
    public async Task Get_the_lead_after_an_outage()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await ConnectAsync(tenant, "hubspot", new { token = CrmStandIn.Token });
        _crm.Failing = 503;
        await GiveAsync(await tenant.VisitAsync(), new { clientId = "1", email = "ada@acme.example" });
        await Eventually.TrueAsync(
            async () => (await RecordsAsync(tenant, "hubspot")).Items is [{ State: "waiting", Error: not null }],
            "it failed");

        _crm.Failing = null;

        (await DeliveredAsync(tenant, "hubspot")).Error.ShouldBeNull();
        _crm.Contacts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Say_why_a_lead_was_refused_and_get_it_on_request()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await ConnectAsync(tenant, "hubspot", new { token = CrmStandIn.Token, fields = new { leadId = "no_such_field" } });
        await GiveAsync(await tenant.VisitAsync(), new { clientId = "1", email = "ada@acme.example" });
        CrmRecord? refused = null;
        await Eventually.TrueAsync(
            async () => (refused = (await RecordsAsync(tenant, "hubspot", "?state=failed")).Items.SingleOrDefault()) is not null,
            "it was refused");
        refused!.Error.ShouldBe("HubSpot refused the lead: Property values were not valid: Property \"no_such_field\" does not exist");

        await ConnectAsync(tenant, "hubspot", new { token = CrmStandIn.Token });

        await DeliveredAsync(tenant, "hubspot");
        (await tenant.Developer.PostAsync($"/api/crm/hubspot/records/{refused.LeadId}/retry", content: null, Ct))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Be_tested_in_words()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await ConnectAsync(tenant, "hubspot", new { token = "wrong" });
        await ConnectAsync(tenant, "salesforce", Salesforce(externalIdField: "Notes__c"));

        (await TestAsync(tenant, "hubspot")).Message!.ShouldStartWith("HubSpot refuses the access token.");
        (await TestAsync(tenant, "salesforce")).Message!.ShouldContain("no field Notes__c that is marked as an external id");
        await ConnectAsync(tenant, "salesforce", Salesforce(secret: "wrong"));
        (await TestAsync(tenant, "salesforce")).Message!.ShouldContain("invalid client credentials");
        await ConnectAsync(tenant, "hubspot", new { token = CrmStandIn.Token });
        await ConnectAsync(tenant, "salesforce", Salesforce());
        (await TestAsync(tenant, "hubspot")).ShouldBe(new CrmTest(true, null));
        (await TestAsync(tenant, "salesforce")).ShouldBe(new CrmTest(true, null));
    }

    [Fact]
    public async Task Be_the_tenants_own_and_removable()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(_database, _node), await TestTenant.CreateAsync(_database, _node));
        await ConnectAsync(tenant, "hubspot", new { token = CrmStandIn.Token });
        await GiveAsync(await other.VisitAsync(), new { clientId = "1", email = "ada@acme.example" });
        await GiveAsync(await tenant.VisitAsync(), new { clientId = "1", email = "bob@acme.example" });
        await DeliveredAsync(tenant, "hubspot");

        _crm.Contacts.Values.Select(contact => (string?)contact["email"]).ShouldBe(["bob@acme.example"]);
        (await ConnectionsAsync(other)).ShouldBeEmpty();
        (await other.Developer.GetAsync("/api/crm/hubspot/records", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await tenant.Developer.DeleteAsync("/api/crm/hubspot", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ConnectionsAsync(tenant)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("hubspot", """{"token": ""}""", "token")]
    [InlineData("hubspot", """{"token": "x", "fields": {"salary": "y"}}""", "fields")]
    [InlineData("salesforce", """{"domain": "http://acme.example", "clientId": "x", "clientSecret": "y"}""", "domain")]
    [InlineData(
        "salesforce",
        """{"domain": "https://acme.example", "clientId": "x", "clientSecret": "y", "externalIdField": "a/b"}""",
        "externalIdField")]
    public async Task Refuse_invalid_connections(string kind, string body, string field)
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);

        var response = await tenant.Developer.PutAsync(
            $"/api/crm/{kind}",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            Ct);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    private object Salesforce(string secret = CrmStandIn.ClientSecret, string externalIdField = "Widget_Lead_Id__c") =>
        new { domain = _crm.Address.ToString(), clientId = CrmStandIn.ClientId, clientSecret = secret, externalIdField };

    private static List<(string, string?)> Values(JsonObject fields) =>
        [.. fields.Select(field => (field.Key, (string?)field.Value)).OrderBy(field => field.Key, StringComparer.Ordinal)];

    private static async Task ConnectAsync(TestTenant tenant, string kind, object connection) =>
        (await tenant.Developer.PutAsJsonAsync($"/api/crm/{kind}", connection, Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    private static async Task GiveAsync(TestVisitor visitor, object contact) =>
        (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/contact", contact, Ct)).EnsureSuccessStatusCode();

    private static async Task<CrmTest> TestAsync(TestTenant tenant, string kind) =>
        (await (await tenant.Developer.PostAsync($"/api/crm/{kind}/test", content: null, Ct)).Content
            .ReadFromJsonAsync<CrmTest>(TestTenant.Json, Ct))!;

    private static async Task<CrmRecord> DeliveredAsync(TestTenant tenant, string kind)
    {
        CrmRecord? record = null;
        await Eventually.TrueAsync(
            async () => (record = (await RecordsAsync(tenant, kind, "?state=delivered")).Items.SingleOrDefault()) is not null,
            "the lead has arrived");
        return record!;
    }

    private static async Task<CrmRecordPage> RecordsAsync(TestTenant tenant, string kind, string query = "") =>
        (await tenant.Developer.GetFromJsonAsync<CrmRecordPage>($"/api/crm/{kind}/records{query}", TestTenant.Json, Ct))!;

    private static async Task<CrmConnection[]> ConnectionsAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<CrmConnection[]>("/api/crm", TestTenant.Json, Ct))!;
}

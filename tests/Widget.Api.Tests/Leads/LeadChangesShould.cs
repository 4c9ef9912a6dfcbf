using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

/// <summary>What staff changes in leads.</summary>
public sealed class LeadChangesShould(ApiFixture api)
{
    [Fact]
    public async Task Change_only_what_is_given_and_remove_what_is_null()
    {
        var (tenant, lead) = await LeadAsync();

        var changed = await tenant.PatchLeadAsync(lead.Id, new { name = " Countess ", phone = (string?)null });

        (changed.Name, changed.Phone, changed.Email, changed.Company).ShouldBe(("Countess", null, "ada@acme.example", "acme.example"));
        changed = await tenant.PatchLeadAsync(lead.Id, new { phone = "+49 171 3920055", email = "Ada@Lovelace.example" });
        (changed.Phone, changed.Email, changed.Company).ShouldBe(("+491713920055", "Ada@Lovelace.example", "lovelace.example"));
        (await tenant.VisitAndGiveAsync("ada@lovelace.example")).ShouldNotBeNull();
        (await tenant.LeadsAsync()).Single().ConversationIds.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Stay_when_the_visitor_says_something_else_later()
    {
        var (tenant, lead) = await LeadAsync();
        await tenant.PatchLeadAsync(lead.Id, new { company = "Acme Ltd", phone = "+4915112345678", name = "Ada King" });

        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada", "+4917111111111");

        var after = await tenant.LeadAsync(lead.Id);
        (after.Name, after.Phone, after.Company).ShouldBe(("Ada King", "+4915112345678", "Acme Ltd"));
    }

    [Theory]
    [InlineData("""{"email": "nobody"}""", "email")]
    [InlineData("""{"phone": "12"}""", "phone")]
    [InlineData("""{"tier": "boiling"}""", "tier")]
    [InlineData("""{"owner": "00000000-0000-0000-0000-000000000001"}""", "owner")]
    [InlineData("""{"repId": "00000000-0000-0000-0000-000000000001"}""", "repId")]
    [InlineData("""{"email": null, "phone": null}""", "email")]
    [InlineData("""{"fields": {"size": 1}}""", "fields")]
    [InlineData("""{"answers": {"budget": 1}}""", "answers")]
    [InlineData("""{"score": 100}""", "score")]
    public async Task Be_refused_with_the_wrong_field(string changes, string field)
    {
        var (tenant, lead) = await LeadAsync();

        var response = await tenant.TryPatchLeadAsync(lead.Id, JsonSerializer.Deserialize<JsonElement>(changes));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
        (await tenant.LeadAsync(lead.Id)).Email.ShouldBe("ada@acme.example");
    }

    [Fact]
    public async Task Be_refused_if_another_lead_has_the_address()
    {
        var (tenant, lead) = await LeadAsync();
        await tenant.VisitAndGiveAsync("bob@acme.example", "Bob");

        var response = await tenant.TryPatchLeadAsync(lead.Id, new { email = "BOB@acme.example" });

        await response.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("leadId").GetGuid().ShouldBe((await tenant.LeadAsync("Bob")).Id);
    }

    [Fact]
    public async Task Keep_the_tenants_own_fields()
    {
        var (tenant, lead) = await LeadAsync();
        object[] fields =
        [
            new { key = "size", label = "Company size", kind = "number" },
            new { key = "since", label = "Customer since", kind = "date" },
            new { key = "vip", label = "VIP", kind = "boolean" },
        ];
        (await tenant.Developer.PutAsJsonAsync("/api/leads/fields", new { fields })).StatusCode.ShouldBe(HttpStatusCode.OK);

        await tenant.PatchLeadAsync(lead.Id, new { fields = new { size = 40, since = "2027-05-01" } });
        var changed = await tenant.PatchLeadAsync(lead.Id, new { fields = new { size = (int?)null, vip = true } });

        changed.Fields.ToDictionary(field => field.Key, field => field.Value.ToString())
            .ShouldBe(new Dictionary<string, string> { ["since"] = "2027-05-01", ["vip"] = "True" }, ignoreOrder: true);
        (await tenant.Developer.GetFromJsonAsync<LeadFields>("/api/leads/fields", TestTenant.Json))!.Fields.Select(field => field.Key)
            .ShouldBe(["size", "since", "vip"]);
        await (await tenant.TryPatchLeadAsync(lead.Id, new { fields = new { since = "May" } }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "fields.since");
        await (await tenant.Developer.PutAsJsonAsync("/api/leads/fields", new { fields = new[] { fields[0], fields[0] } }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "fields");
    }

    [Fact]
    public async Task Be_in_the_timeline_with_who_made_them()
    {
        var (tenant, lead) = await LeadAsync();
        var grace = await tenant.AddOwnerAsync("Grace");
        await tenant.PatchLeadAsync(lead.Id, new { name = "Countess" });
        await tenant.PatchLeadAsync(lead.Id, new { owner = grace, repId = grace });

        var timeline = await tenant.TimelineAsync(lead.Id);

        timeline.Items.Select(entry => entry.Kind).ShouldBe(["changed", "changed", "created", "contact_given"]);
        timeline.Items[0].ShouldSatisfyAllConditions(
            entry => (entry.By, entry.RepId).ShouldBe(("Grace", grace)),
            entry => entry.Changes.ShouldBe([new FieldChange("owner", null, "Grace")]));
        timeline.Items[1].Changes.ShouldBe([new FieldChange("name", "Ada", "Countess")]);
        timeline.Items[1].By.ShouldNotBeNullOrWhiteSpace();
        timeline.Items[3].Event.ShouldBeOfType<ContactGiven>().Email.ShouldBe("ada@acme.example");
        (await tenant.LeadAsync(lead.Id)).Owner.ShouldBe(new LeadOwner(grace, "Grace"));
    }

    [Fact]
    public async Task Be_paged_in_the_timeline_without_gaps()
    {
        var (tenant, lead) = await LeadAsync();
        for (var i = 0; i < 6; i++) await tenant.PatchLeadAsync(lead.Id, new { name = $"Ada {i}" });
        var all = await tenant.TimelineAsync(lead.Id);

        var seen = new List<DateTimeOffset>();
        LeadTimeline page;
        var query = "?limit=3";
        do
        {
            page = await tenant.TimelineAsync(lead.Id, query);
            seen.AddRange(page.Items.Select(entry => entry.At));
            query = $"?limit=3&after={page.Next}";
        }
        while (page.Next is not null);

        seen.ShouldBe(all.Items.Select(entry => entry.At));
        seen.Count.ShouldBe(8);
        await (await tenant.Developer.GetAsync($"/api/leads/{lead.Id}/timeline?after=x"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "after");
        await (await tenant.Developer.GetAsync($"/api/leads/{Guid.NewGuid()}/timeline")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Be_impossible_for_others()
    {
        var (tenant, lead) = await LeadAsync();
        var other = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        await (await other.TryPatchLeadAsync(lead.Id, new { name = "Eve" })).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await visitor.Client.PatchAsJsonAsync($"/api/leads/{lead.Id}", new { name = "Eve" })).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);

        (await tenant.LeadAsync(lead.Id)).Name.ShouldBe("Ada");
    }

    private async Task<(TestTenant Tenant, Lead Lead)> LeadAsync()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada", "+491713920055");
        return (tenant, await tenant.LeadAsync("Ada"));
    }
}

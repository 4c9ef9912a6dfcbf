using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

/// <summary>Filters, orders and saved views of leads.</summary>
public sealed class LeadSearchShould(ApiFixture api)
{
    [Fact]
    public async Task Take_several_values_of_a_filter_repeated_or_with_commas()
    {
        var (tenant, ann, bea) = await LeadsAsync();

        (await NamesAsync(tenant, "tier=hot&tier=warm")).ShouldBe(["Warm", "Hot"]);
        (await NamesAsync(tenant, "tier=hot,cold")).ShouldBe(["Cold", "Hot"]);
        (await NamesAsync(tenant, $"owner={ann}")).ShouldBe(["Hot"]);
        (await NamesAsync(tenant, $"owner={ann},{bea}")).ShouldBe(["Warm", "Hot"]);
        (await NamesAsync(tenant, "owner=none")).ShouldBe(["None", "Cold"]);
        (await NamesAsync(tenant, $"owner=none&owner={ann}&tier=hot&tier=cold")).ShouldBe(["Cold", "Hot"]);
        (await NamesAsync(tenant, "query=acme&tier=hot")).ShouldBe(["Hot"]);
    }

    [Fact]
    public async Task Find_leads_by_their_own_fields_and_count_them_by_tier()
    {
        var (tenant, _, _) = await LeadsAsync();
        await tenant.Developer.PutAsJsonAsync(
            "/api/leads/fields",
            new
            {
                fields = new[]
                {
                    new { key = "plan", label = "Plan", kind = "text" },
                    new { key = "seats", label = "Seats", kind = "number" },
                },
            });
        await tenant.PatchLeadAsync((await tenant.LeadAsync("Hot")).Id, new { fields = new { plan = "Gold", seats = 5 } });
        await tenant.PatchLeadAsync((await tenant.LeadAsync("Cold")).Id, new { fields = new { plan = "silver", seats = 5 } });

        (await NamesAsync(tenant, "field=plan:gold")).ShouldBe(["Hot"]);
        (await NamesAsync(tenant, "field=plan:gold&field=plan:silver")).ShouldBe(["Cold", "Hot"]);
        (await NamesAsync(tenant, "field=plan:silver&field=seats:5")).ShouldBe(["Cold"]);
        (await NamesAsync(tenant, "field=plan:gold&field=seats:6")).ShouldBeEmpty();
        (await NamesAsync(tenant, "tier=none,cold")).ShouldBe(["None", "Cold"]);
        (await tenant.Developer.GetAsync("/api/leads?field=plan")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await tenant.Developer.GetFromJsonAsync<LeadCounts>("/api/leads/counts", TestTenant.Json)).ShouldBe(new LeadCounts(1, 1, 1, 1));
    }

    [Fact]
    public async Task Filter_by_what_is_known_from_a_merged_lead()
    {
        var (tenant, ann, bea) = await LeadsAsync();
        await tenant.Developer.PutAsJsonAsync(
            "/api/leads/fields",
            new { fields = new[] { new { key = "plan", label = "Plan", kind = "text" } } });
        var (hot, none) = (await tenant.LeadAsync("Hot"), await tenant.LeadAsync("None"));
        await tenant.PatchLeadAsync(hot.Id, new { fields = new { plan = "gold" } });
        (await NamesAsync(tenant, "owner=none&query=acme")).ShouldBe(["None", "Cold"]);

        var merged = await tenant.MergeAsync(hot.Id, none.Id);

        merged.OtherEmails.ShouldBe(["Hot@acme.example"]);
        merged.ConversationIds.Count.ShouldBe(2);
        (await NamesAsync(tenant, $"owner={ann}")).ShouldBe(["None"]);
        (await NamesAsync(tenant, $"owner=none&owner={bea}")).ShouldBe(["Cold", "Warm"]);
        (await NamesAsync(tenant, "owner=none")).ShouldBe(["Cold"]);
        (await NamesAsync(tenant, "field=plan:gold")).ShouldBe(["None"]);
        (await NamesAsync(tenant, "query=hot@acme&sort=score")).ShouldBe(["None"]);
        await tenant.PatchLeadAsync(none.Id, new { owner = bea, fields = new { plan = "silver" } });
        (await NamesAsync(tenant, $"owner={ann}")).ShouldBeEmpty();
        (await NamesAsync(tenant, "field=plan:gold")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Take_a_range_of_days()
    {
        var (tenant, _, _) = await LeadsAsync();
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd");
        var tomorrow = DateTimeOffset.UtcNow.AddDays(1).ToString("yyyy-MM-dd");

        (await NamesAsync(tenant, $"from={DateTimeOffset.UtcNow.AddDays(-1):yyyy-MM-dd}&to={tomorrow}")).Count.ShouldBe(4);
        (await NamesAsync(tenant, $"from={tomorrow}")).ShouldBeEmpty();
        (await NamesAsync(tenant, $"to={today}T00:00:00Z")).ShouldBeEmpty();
        (await NamesAsync(tenant, "from=0001-01-01&to=9999-12-31&timeZone=Pacific/Kiritimati")).Count.ShouldBe(4);
        // Local mean time before 1845 was 16 hours behind, and fixed zones go up to 18 hours.
        (await NamesAsync(tenant, "from=1800-01-01&timeZone=Asia/Manila")).Count.ShouldBe(4);
        (await NamesAsync(tenant, "from=2020-01-01&timeZone=UTC%2B15")).Count.ShouldBe(4);
        await (await tenant.Developer.GetAsync("/api/leads?timeZone=Mars/Base"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "timeZone");
        // At any time, at least one of these zones has another date than UTC.
        var now = DateTimeOffset.UtcNow;
        var (east, west) = ($"{now.AddHours(14):yyyy-MM-dd}", $"{now.AddHours(-11):yyyy-MM-dd}");
        (await NamesAsync(tenant, $"from={east}&to={east}&timeZone=Pacific/Kiritimati")).Count.ShouldBe(4);
        (await NamesAsync(tenant, $"from={west}&to={west}&timeZone=Pacific/Pago_Pago")).Count.ShouldBe(4);
        (await NamesAsync(tenant, $"to={west}&timeZone=Pacific/Kiritimati")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Order_by_score_and_by_time_across_pages()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.QualifyAsync(new { questions = Array.Empty<object>(), signals = new { companyEmail = 50, conversations = 40 } });
        foreach (var email in new[] { "a@acme.example", "b@gmail.com", "c@acme.example", "d@gmail.com", "c@acme.example" })
            await tenant.VisitAndGiveAsync(email);

        foreach (var (sort, expected) in new[] { ("score", "cadb"), ("oldest", "abcd"), ("newest", "dcba") })
        {
            var found = new List<string>();
            string? next = null;
            do
            {
                var after = next is null ? "" : $"&after={next}";
                var page = (await tenant.Developer.GetFromJsonAsync<LeadPage>($"/api/leads?sort={sort}&limit=1{after}", TestTenant.Json))!;
                found.Add(page.Items.Single().Email![..1]);
                next = page.Next;
            }
            while (next is not null);
            string.Concat(found).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("tier=boiling", "tier")]
    [InlineData("owner=me", "owner")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2027-13-01", "to")]
    [InlineData("sort=name", "sort")]
    [InlineData("sort=score&after=00000000-0000-0000-0000-000000000001", "after")]
    public async Task Refuse_what_makes_no_sense(string query, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.GetAsync($"/api/leads?{query}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    [Fact]
    public async Task Be_saved_as_a_view_of_the_tenant()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));

        var created = await tenant.Developer.PostAsJsonAsync(
            "/api/leads/views",
            new { name = " Hot leads ", tier = new[] { "hot", "warm" }, owner = new[] { "none" }, from = "2027-01-01", sort = "score" });

        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var view = (await created.Content.ReadFromJsonAsync<LeadView>(TestTenant.Json))!;
        (view.Name, view.Sort, view.From).ShouldBe(("Hot leads", LeadSort.Score, "2027-01-01"));
        var address = created.Headers.Location!.ToString();
        var replaced = await tenant.Developer.PutAsJsonAsync(address, new { name = "Cold", tier = new[] { "cold" } });
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        var listed = (await tenant.Developer.GetFromJsonAsync<LeadView[]>("/api/leads/views", TestTenant.Json))!.Single();
        (listed.Id, listed.Name, listed.Tier.Single(), listed.Owner.Count, listed.From).ShouldBe((view.Id, "Cold", "cold", 0, null));
        (await tenant.Developer.GetFromJsonAsync<LeadView>(address, TestTenant.Json))!.Name.ShouldBe("Cold");
        (await other.Developer.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.Developer.DeleteAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await tenant.Developer.DeleteAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await tenant.Developer.GetFromJsonAsync<LeadView[]>("/api/leads/views", TestTenant.Json))!.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"name": " "}""", "name")]
    [InlineData("""{"name": "A", "tier": ["boiling"]}""", "tier")]
    [InlineData("""{"name": "A", "owner": ["me"]}""", "owner")]
    [InlineData("""{"name": "A", "owner": [null]}""", "owner")]
    [InlineData("""{"name": "A", "field": [null]}""", "field")]
    [InlineData("""{"name": "A", "from": "yesterday"}""", "from")]
    [InlineData("""{"name": "A", "filter": {}}""", "filter")]
    public async Task Not_be_saved_with_filters_that_make_no_sense(string view, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PostAsync(
            "/api/leads/views",
            new StringContent(view, System.Text.Encoding.UTF8, "application/json"));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    private async Task<(TestTenant Tenant, Guid Ann, Guid Bea)> LeadsAsync()
    {
        var tenant = await TestTenant.CreateAsync(api);
        foreach (var tier in new[] { "Hot", "Warm", "Cold", "None" })
        {
            await tenant.VisitAndGiveAsync($"{tier}@acme.example", tier);
            if (tier != "None") await tenant.PatchLeadAsync((await tenant.LeadAsync(tier)).Id, new { tier = tier.ToLowerInvariant() });
        }

        var (ann, bea) = (await tenant.AddOwnerAsync("Ann"), await tenant.AddOwnerAsync("Bea"));
        await tenant.PatchLeadAsync((await tenant.LeadAsync("Hot")).Id, new { owner = ann });
        await tenant.PatchLeadAsync((await tenant.LeadAsync("Warm")).Id, new { owner = bea });
        return (tenant, ann, bea);
    }

    private static async Task<IReadOnlyList<string?>> NamesAsync(TestTenant tenant, string query) =>
        [.. (await tenant.LeadsAsync($"?{query}")).Select(lead => lead.Name)];
}

using System.Net;
using System.Net.Http.Json;
using Widget.Api.Limits;
using Widget.Api.Tests.Chat;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

public sealed class LeadsShould(ApiFixture api)
{
    [Fact]
    public async Task Be_kept_when_a_visitor_asks_for_a_person_with_an_address()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new
        {
            officeHours = new { timeZone = "UTC", weekly = new[] { new { day = "monday", from = "09:00", to = "17:00" } } },
        });
        var visitor = await tenant.VisitAsync();

        var requested = await RequestAsync(
            visitor,
            new
            {
                clientId = "1",
                name = " Ada ",
                email = "Ada@Example.com",
                message = "Please call me.",
                locale = "de",
                consent = "We reply by e-mail.",
            });

        (requested.Name, requested.Email, requested.Message).ShouldBe(("Ada", "Ada@Example.com", "Please call me."));
        requested.Availability.ShouldNotBeNull().TimeZone.ShouldBe("UTC");
        var stored = (await visitor.EventsAsync()).Single().ShouldBeOfType<PersonRequested>();
        (stored.Seq, stored.Name, stored.Availability!.Open).ShouldBe((requested.Seq, "Ada", requested.Availability.Open));
        var lead = (await ListAsync(tenant)).Items.Single();
        (lead.Name, lead.Email, lead.Consent).ShouldBe(("Ada", "Ada@Example.com", "We reply by e-mail."));
        lead.ConversationIds.ShouldBe([visitor.Session.ConversationId]);
        (lead.Phone, lead.Company, lead.Score, lead.Tier).ShouldBe((null, "example.com", null, null));
        lead.Reasons.ShouldBeEmpty();
    }

    [Fact]
    public async Task Have_one_row_for_each_address()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (first, second) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await RequestAsync(first, new { clientId = "1", email = "ada@example.com" });
        await RequestAsync(first, new { clientId = "2", name = "Ada", email = "ada@example.com" });

        await RequestAsync(second, new { clientId = "1", name = "Eve", email = "ADA@example.com" });

        var lead = (await ListAsync(tenant)).Items.Single();
        (lead.Name, lead.Email).ShouldBe(("Ada", "ada@example.com"));
        lead.ConversationIds.ShouldBe([first.Session.ConversationId, second.Session.ConversationId]);
    }

    [Fact]
    public async Task Not_be_kept_without_an_address_and_only_once_for_a_client_id()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        var plain = await RequestAsync(visitor, new { clientId = "1" });
        var again = await RequestAsync(visitor, new { clientId = "1", name = "Ada", email = "ada@example.com" });

        again.Seq.ShouldBe(plain.Seq);
        again.Email.ShouldBeNull();
        plain.Availability.ShouldBeNull();
        (await ListAsync(tenant)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Become_one_when_two_conversations_ask_at_the_same_time()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitors = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => tenant.VisitAsync()));

        await Task.WhenAll(visitors.Select(visitor => RequestAsync(visitor, new { clientId = "1", email = "ada@example.com" })));

        (await ListAsync(tenant)).Items.Single().ConversationIds
            .ShouldBe(visitors.Select(visitor => visitor.Session.ConversationId), ignoreOrder: true);
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("@example.com")]
    [InlineData("ada@")]
    [InlineData("ada(@example.com")]
    [InlineData("<ada@example.com>")]
    public async Task Not_be_made_of_an_invalid_address(string email)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        var response = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId = "1", email });

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "email");
        (await ListAsync(tenant)).Items.ShouldBeEmpty();
        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_found_by_name_and_address_and_paged()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        foreach (var name in new[] { "Ada", "Grace", "Linus", "Barbara" })
            await RequestAsync(visitor, new { clientId = name, name, email = $"{name}@example.com" });

        (await ListAsync(tenant, "?query=RAC")).Items.Select(lead => lead.Name).ShouldBe(["Grace"]);
        (await ListAsync(tenant, "?query=linus%40EXAMPLE")).Items.Select(lead => lead.Name).ShouldBe(["Linus"]);
        (await ListAsync(tenant, "?query=%25")).Items.ShouldBeEmpty();
        var first = await ListAsync(tenant, "?limit=3");
        var second = await ListAsync(tenant, $"?limit=3&after={first.Next}");
        first.Items.Concat(second.Items).Select(lead => lead.Name).ShouldBe(["Barbara", "Linus", "Grace", "Ada"]);
        second.Next.ShouldBeNull();
        await (await tenant.Developer.GetAsync("/api/leads?after=x")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "after");
        await (await tenant.Developer.GetAsync("/api/leads?limit=0")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "limit");
    }

    [Fact]
    public async Task Be_hidden_from_visitors_and_other_tenants()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var visitor = await tenant.VisitAsync();
        await RequestAsync(visitor, new { clientId = "1", email = "ada@example.com" });

        (await ListAsync(other)).Items.ShouldBeEmpty();
        (await visitor.Client.GetAsync("/api/leads")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Be_deleted_with_their_last_conversation()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (first, second) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await RequestAsync(first, new { clientId = "1", email = "ada@example.com" });
        await RequestAsync(first, new { clientId = "2", email = "bob@example.com" });
        await RequestAsync(second, new { clientId = "1", email = "bob@example.com" });

        await EraseAsync("conversations", first.Session.ConversationId);
        (await ListAsync(tenant)).Items.Single().Email.ShouldBe("bob@example.com");
        await EraseAsync("visitors", second.Session.VisitorId);

        (await ListAsync(tenant)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_deleted_by_the_tenant_alone()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var visitor = await tenant.VisitAsync();
        await RequestAsync(visitor, new { clientId = "1", email = "ada@example.com" });
        var address = $"/api/leads/{(await ListAsync(tenant)).Items.Single().Id}";

        await (await other.Developer.DeleteAsync(address)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await visitor.Client.DeleteAsync(address)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await ListAsync(tenant)).Items.Count.ShouldBe(1);
        (await tenant.Developer.DeleteAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await (await tenant.Developer.DeleteAsync(address)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await ListAsync(tenant)).Items.ShouldBeEmpty();
        (await visitor.EventsAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(Limit.PersonRequests)]
    [InlineData(Limit.TenantPersonRequests)]
    public async Task Be_limited(Limit limit)
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            limits: LimitOptions.None.With(limit, new Rate(2, TimeSpan.FromHours(1))));
        var visitor = await (await TestTenant.CreateAsync(api, node)).VisitAsync();
        foreach (var clientId in new[] { "1", "2", "2" }) await RequestAsync(visitor, new { clientId });

        var third = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId = "3" });

        await third.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
        third.Headers.RetryAfter.ShouldNotBeNull();
        (await visitor.EventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Refuse_a_query_that_no_text_can_contain()
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.GetAsync("/api/leads?query=%00")).ShouldBeProblemAsync(HttpStatusCode.BadRequest);
    }

    private async Task EraseAsync(string table, Guid id)
    {
        await using var erase = api.Database.OwnerSource.CreateCommand($"delete from {table} where id = $1");
        erase.Parameters.Add(new() { Value = id });
        (await erase.ExecuteNonQueryAsync()).ShouldBe(1);
    }

    private static async Task<PersonRequested> RequestAsync(TestVisitor visitor, object body)
    {
        var response = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<PersonRequested>(TestTenant.Json))!;
    }

    private static async Task<LeadPage> ListAsync(TestTenant tenant, string query = "") =>
        (await tenant.Developer.GetFromJsonAsync<LeadPage>($"/api/leads{query}"))!;
}

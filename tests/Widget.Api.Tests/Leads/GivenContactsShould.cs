using System.Net;
using System.Net.Http.Json;
using Widget.Api.Limits;
using Widget.Api.Tests.Chat;
using Widget.Api.Tests.Meetings;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

/// <summary>Contact details that visitors give in a conversation.</summary>
public sealed class GivenContactsShould(ApiFixture api)
{
    [Fact]
    public async Task Be_kept_as_a_lead_and_as_an_event()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        var given = (ContactGiven)await GiveAsync(
            visitor,
            new
            {
                clientId = "1",
                name = " Ada ",
                email = "Ada@Acme.example",
                phone = "+49 171 392-0055",
                consent = "We keep your details to answer you.",
                locale = "de",
            });

        (given.Seq, given.Name, given.Email, given.Phone).ShouldBe((1, "Ada", "Ada@Acme.example", "+491713920055"));
        (await visitor.EventsAsync()).Single().ShouldBe(given);
        var lead = (await ListAsync(tenant)).Single();
        (lead.Name, lead.Email, lead.Phone, lead.Company).ShouldBe(("Ada", "Ada@Acme.example", "+491713920055", "acme.example"));
        lead.Consent.ShouldBe("We keep your details to answer you.");
        lead.ConversationIds.ShouldBe([visitor.Session.ConversationId]);
        var one = await tenant.Developer.GetFromJsonAsync<Lead>($"/api/leads/{lead.Id}");
        (one!.Id, one.Phone, one.Company).ShouldBe((lead.Id, lead.Phone, lead.Company));
        await (await tenant.Developer.GetAsync($"/api/leads/{Guid.NewGuid()}")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Be_kept_once_for_a_client_id()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        var first = await GiveAsync(visitor, new { clientId = "1", email = "ada@example.com" });
        var again = await GiveAsync(visitor, new { clientId = "1", email = "bob@example.com" });
        var declined = await GiveAsync(visitor, new { clientId = "1", declined = true });

        again.ShouldBe(first);
        declined.ShouldBe(first);
        (await visitor.EventsAsync()).Count.ShouldBe(1);
        (await ListAsync(tenant)).Single().Email.ShouldBe("ada@example.com");
        (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId = "2" })).EnsureSuccessStatusCode();
        await (await PostAsync(visitor, new { clientId = "2", email = "ada@example.com" })).ShouldBeProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Not_be_kept_if_the_visitor_declines()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        var declined = await GiveAsync(visitor, new { clientId = "1", email = "ada@example.com", phone = "nonsense", declined = true });

        declined.ShouldBeOfType<ContactDeclined>();
        (await visitor.EventsAsync()).Single().ShouldBeOfType<ContactDeclined>();
        (await ListAsync(tenant)).ShouldBeEmpty();
        (await visitor.Client.GetStringAsync($"{visitor.Conversation}/events")).ShouldNotContain("ada@");
    }

    [Fact]
    public async Task Belong_to_the_lead_with_the_same_address_or_number()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitors = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => tenant.VisitAsync()));
        await GiveAsync(visitors[0], new { clientId = "1", phone = "+14155550132" });
        await GiveAsync(
            visitors[1],
            new { clientId = "1", name = "Ada", phone = "(415) 555-0132", email = "ada@example.com", locale = "en-US" });

        await GiveAsync(visitors[2], new { clientId = "1", name = "Eve", email = "ADA@example.com" });
        await GiveAsync(visitors[3], new { clientId = "1", phone = "+1 415 555 0132" });

        var lead = (await ListAsync(tenant)).Single();
        (lead.Name, lead.Email, lead.Phone).ShouldBe(("Ada", "ada@example.com", "+14155550132"));
        lead.ConversationIds.ShouldBe(visitors.Select(visitor => visitor.Session.ConversationId));
    }

    [Fact]
    public async Task Be_different_leads_if_colleagues_share_a_number()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (first, second) = (await tenant.VisitAsync(), await tenant.VisitAsync());

        await GiveAsync(first, new { clientId = "1", email = "ada@acme.example", phone = "+14155550132" });
        await GiveAsync(second, new { clientId = "1", email = "bob@acme.example", phone = "+14155550132" });

        (await ListAsync(tenant)).Select(lead => lead.Email).ShouldBe(["bob@acme.example", "ada@acme.example"]);
    }

    [Fact]
    public async Task Be_completed_and_corrected_within_a_conversation()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        await GiveAsync(visitor, new { clientId = "1", phone = "+14155550132" });
        await GiveAsync(visitor, new { clientId = "2", email = "jnae@acme.example" });

        await GiveAsync(visitor, new { clientId = "3", email = "jane@example.com" });

        var lead = (await ListAsync(tenant)).Single();
        (lead.Email, lead.Phone, lead.Company).ShouldBe(("jane@example.com", "+14155550132", "example.com"));
        (await visitor.EventsAsync()).OfType<ContactGiven>().Select(given => given.Email)
            .ShouldBe([null, "jnae@acme.example", "jane@example.com"]);
    }

    [Fact]
    public async Task Be_corrected_by_the_form_for_a_person_and_by_a_booking()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var visitor = await tenant.VisitAsync();
        await GiveAsync(visitor, new { clientId = "1", email = "jnae@acme.example" });

        (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId = "2", email = "jane@acme.example" }))
            .EnsureSuccessStatusCode();
        (await ListAsync(tenant)).Single().Email.ShouldBe("jane@acme.example");
        await GiveAsync(visitor, new { clientId = "3", email = "jane@typo.example" });
        (await ListAsync(tenant)).Single().Email.ShouldBe("jane@typo.example");
        await (await visitor.TryBookAsync((await tenant.SlotsAsync())[0].Start, name: null, email: "jane@acme.example")).ToBookedAsync();

        (await ListAsync(tenant)).Single().Email.ShouldBe("jane@acme.example");
    }

    [Fact]
    public async Task Be_kept_beside_an_address_that_staff_has_set()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        await GiveAsync(visitor, new { clientId = "1", email = "ada@typo.example" });
        await tenant.PatchLeadAsync((await ListAsync(tenant)).Single().Id, new { email = "ada@typo.example", name = "Ada" });

        await GiveAsync(visitor, new { clientId = "2", email = "ada@right.example" });
        await GiveAsync(await tenant.VisitAsync(), new { clientId = "1", email = "ada@right.example" });

        var lead = (await ListAsync(tenant)).Single();
        (lead.Email, lead.OtherEmails.Single()).ShouldBe(("ada@typo.example", "ada@right.example"));
        (await ListAsync(tenant, "?query=right.example")).Single().Id.ShouldBe(lead.Id);
    }

    [Fact]
    public async Task Merge_a_lead_on_which_staff_has_worked_into_the_one_with_the_new_address()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("grace@acme.example");
        var visitor = await tenant.VisitAndGiveAsync("ada@acme.example");
        var ada = await tenant.LeadAsync("ada@acme.example");
        await tenant.PatchLeadAsync(ada.Id, new { tier = "hot" });

        await GiveAsync(visitor, new { clientId = "2", email = "grace@acme.example" });

        (await ListAsync(tenant)).Single().Email.ShouldBe("grace@acme.example");
        (await tenant.UndoMergeAsync(ada.Id)).Email.ShouldBe("ada@acme.example");
        (await ListAsync(tenant)).Select(lead => lead.Email).Order().ShouldBe(["ada@acme.example", "grace@acme.example"]);
    }

    [Theory]
    [InlineData("ada@example.com(Ada)")]
    [InlineData("\"ada l\"@example.com")]
    [InlineData("ada @ example.com")]
    [InlineData("Ada <ada@example.com>")]
    public async Task Be_one_plain_address(string email)
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();

        await (await PostAsync(visitor, new { clientId = "1", email })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "email");
    }

    [Fact]
    public async Task Leave_a_lead_alone_that_another_conversation_knows()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (first, second) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        foreach (var visitor in new[] { first, second }) await GiveAsync(visitor, new { clientId = "1", email = "ada@example.com" });

        await GiveAsync(second, new { clientId = "2", email = "bob@example.com" });

        (await ListAsync(tenant)).Select(lead => lead.Email).ShouldBe(["bob@example.com", "ada@example.com"]);
    }

    [Fact]
    public async Task Become_one_lead_when_two_conversations_give_them_at_the_same_time()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitors = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => tenant.VisitAsync()));

        await Task.WhenAll(visitors.Select(visitor => GiveAsync(visitor, new { clientId = "1", phone = "+14155550132" })));

        (await ListAsync(tenant)).Single().ConversationIds.Count.ShouldBe(6);
    }

    [Theory]
    [InlineData("ada@", null, "email")]
    [InlineData("ada@-x.example", null, "email")]
    [InlineData("ada@a..example", null, "email")]
    [InlineData("ada@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", null, "email")]
    [InlineData("<ada@example.com>", null, "email")]
    [InlineData(null, "12", "phone")]
    [InlineData(null, "+49 12", "phone")]
    [InlineData(null, "call me", "phone")]
    [InlineData(null, "  ", "email")]
    [InlineData(null, null, "email")]
    public async Task Be_refused_with_the_wrong_field(string? email, string? phone, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        await (await PostAsync(visitor, new { clientId = "1", email, phone }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);

        (await visitor.EventsAsync()).ShouldBeEmpty();
        (await ListAsync(tenant)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_read_with_the_tenants_region()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new { phoneRegion = "CH" });
        var visitor = await tenant.VisitAsync();

        ((ContactGiven)await GiveAsync(visitor, new { clientId = "1", phone = "079 412 55 08" })).Phone.ShouldBe("+41794125508");

        var refused = await tenant.Developer.PutAsJsonAsync("/api/settings", new { phoneRegion = "QQ" });
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "phoneRegion");
    }

    [Fact]
    public async Task Be_found_by_number_and_company()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        await GiveAsync(visitor, new { clientId = "1", name = "Ada", email = "ada@acme.example" });
        await GiveAsync(await tenant.VisitAsync(), new { clientId = "1", name = "Bob", phone = "+49 171 3920055" });

        (await ListAsync(tenant, "?query=ACME")).Select(lead => lead.Name).ShouldBe(["Ada"]);
        (await ListAsync(tenant, "?query=0171%203920")).Select(lead => lead.Name).ShouldBe(["Bob"]);
        (await ListAsync(tenant, "?query=%2B49171")).Select(lead => lead.Name).ShouldBe(["Bob"]);
        (await ListAsync(tenant, "?query=55555")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_erased_with_their_conversation_and_hidden_from_others()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var (visitor, stranger) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await GiveAsync(visitor, new { clientId = "1", phone = "+14155550132" });
        var lead = (await ListAsync(tenant)).Single().Id;

        (await ListAsync(other)).ShouldBeEmpty();
        await (await other.Developer.GetAsync($"/api/leads/{lead}")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        var foreign = await stranger.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/contact",
            new { clientId = "2", email = "eve@example.com" });
        await foreign.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await using var erase = api.Database.OwnerSource.CreateCommand("delete from visitors where id = $1");
        erase.Parameters.Add(new() { Value = visitor.Session.VisitorId });
        (await erase.ExecuteNonQueryAsync()).ShouldBe(1);

        (await ListAsync(tenant)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Limit.Contacts)]
    [InlineData(Limit.TenantContacts)]
    [InlineData(Limit.AddressActions)]
    public async Task Be_limited(Limit limit)
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            limits: LimitOptions.None.With(limit, new Rate(2, TimeSpan.FromHours(1))));
        var visitor = await (await TestTenant.CreateAsync(api, node)).VisitAsync();
        foreach (var clientId in new[] { "1", "2" }) await GiveAsync(visitor, new { clientId, email = "ada@example.com" });

        var third = await PostAsync(visitor, new { clientId = "3", email = "ada@example.com" });

        await third.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
        third.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static Task<HttpResponseMessage> PostAsync(TestVisitor visitor, object body) =>
        visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/contact", body);

    private static async Task<ConversationEvent> GiveAsync(TestVisitor visitor, object body)
    {
        var response = await PostAsync(visitor, body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<ConversationEvent>(TestTenant.Json))!;
    }

    private static async Task<IReadOnlyList<Lead>> ListAsync(TestTenant tenant, string query = "") =>
        (await tenant.Developer.GetFromJsonAsync<LeadPage>($"/api/leads{query}"))!.Items;
}

using Widget.Api.Tests.Meetings;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

/// <summary>Who gets a new lead.</summary>
public sealed class OwnersShould(ApiFixture api)
{
    [Fact]
    public async Task Take_turns_within_their_limits_when_leads_arrive_at_once()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var limits = new Dictionary<Guid, int>
        {
            [await tenant.AddOwnerAsync("Ann", new { leadsPerDay = 3 })] = 3,
            [await tenant.AddOwnerAsync("Bea", new { leadsPerDay = 6 })] = 6,
            [await tenant.AddOwnerAsync("Cid", new { leadsPerDay = 5 })] = 5,
        };
        var visitors = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tenant.VisitAsync()));

        await Task.WhenAll(visitors.Select((visitor, i) => visitor.GiveAsync(new { clientId = "1", email = $"v{i}@acme.example" })));

        var leads = await tenant.LeadsAsync();
        leads.Count.ShouldBe(20);
        leads.Where(lead => lead.Owner is not null).CountBy(lead => lead.Owner!.Id).ToDictionary().ShouldBe(limits, ignoreOrder: true);
        leads.Count(lead => lead.Owner is null).ShouldBe(6);
        // In the order of the leads, everybody has a turn before anybody has a second one.
        leads.Where(lead => lead.Owner is not null).OrderBy(lead => lead.Id).Take(3).Select(lead => lead.Owner!.Id)
            .ShouldBe(limits.Keys, ignoreOrder: true);
    }

    [Fact]
    public async Task Have_the_leads_of_their_territory_first_and_none_while_away()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var german = await tenant.AddOwnerAsync("Heidi", new { territories = new { countries = new[] { "DE" } } });
        var spanish = await tenant.AddOwnerAsync("Sol", new { territories = new { languages = new[] { "es" } } });
        var scholar = await tenant.AddOwnerAsync("Uma", new { territories = new { domains = new[] { "ac.uk" } } });
        var rest = await tenant.AddOwnerAsync("Rob");

        await tenant.VisitAndGiveAsync(phone: "+491713920055");
        await tenant.VisitAndGiveAsync("a@acme.example", locale: "es");
        await tenant.VisitAndGiveAsync("b@cs.ox.ac.uk", locale: "en");
        await tenant.VisitAndGiveAsync("c@acme.example", locale: "en");
        await tenant.PatchRepAsync(german, new { away = true });
        await tenant.VisitAndGiveAsync(phone: "+491713920066");
        await tenant.PatchRepAsync(rest, new { away = true });
        await tenant.VisitAndGiveAsync("d@acme.example", locale: "en");

        (await tenant.LeadsAsync("?sort=oldest")).Take(5).Select(lead => lead.Owner?.Id)
            .ShouldBe([german, spanish, scholar, rest, rest]);
        (await tenant.LeadAsync("d@acme.example")).Owner!.Id.ShouldBeOneOf(spanish, scholar);
        foreach (var rep in new[] { spanish, scholar }) await tenant.PatchRepAsync(rep, new { away = true });
        await tenant.VisitAndGiveAsync("e@acme.example");
        (await tenant.LeadAsync("e@acme.example")).Owner.ShouldBeNull();
        await tenant.PatchRepAsync(rest, new { away = false });
        await tenant.VisitAndGiveAsync("e@acme.example");
        (await tenant.LeadAsync("e@acme.example")).Owner!.Id.ShouldBe(rest);
    }

    [Fact]
    public async Task Keep_their_visitors_unless_they_are_away()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var (ann, bea) = (await tenant.AddOwnerAsync("Ann"), await tenant.AddOwnerAsync("Bea"));
        // The leads are those of visitors before they signed in.
        var first = await SignInAfterAsync("1@acme.example");
        (await tenant.LeadAsync("1@acme.example")).Owner!.Id.ShouldBe(ann);
        await tenant.VisitAndGiveAsync("other@acme.example");
        await tenant.VisitAndGiveAsync("another@acme.example");
        var second = await SignInAfterAsync("2@acme.example");
        (await tenant.LeadAsync("2@acme.example")).Owner!.Id.ShouldBe(bea);
        await tenant.VisitAndGiveAsync("last@acme.example");

        await second.GiveAsync(new { clientId = "1", email = "2@home.example" });
        await tenant.PatchRepAsync(ann, new { away = true });
        await first.GiveAsync(new { clientId = "1", email = "1@home.example" });

        (await tenant.LeadAsync("2@home.example")).Owner!.Id.ShouldBe(bea);
        (await tenant.LeadAsync("1@home.example")).Owner!.Id.ShouldBe(bea);

        async Task<TestVisitor> SignInAfterAsync(string email)
        {
            var anonymous = await tenant.VisitAndGiveAsync(email);
            await tenant.VisitAsAsync(api.Node, secret, email, anonymous.Session.VisitorId);
            return await tenant.VisitAsAsync(api.Node, secret, email);
        }
    }

    [Fact]
    public async Task Be_the_rep_whom_the_visitor_meets()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (_, linus) = (await tenant.AddOwnerAsync("Ann"), await tenant.AddRepAsync("Linus Pauling"));
        var visitor = await tenant.VisitAsync();

        await (await visitor.TryBookAsync((await tenant.SlotsAsync())[0].Start, rep: linus)).ToBookedAsync();

        var lead = (await tenant.LeadsAsync()).Single();
        lead.Owner!.Id.ShouldBe(linus);
        (await tenant.TimelineAsync(lead.Id)).Items.Single(entry => entry.Kind == "assigned").Changes
            .ShouldBe([new FieldChange("owner", null, "Linus Pauling"), new FieldChange("reason", null, "meeting")]);
    }

    [Theory]
    [InlineData("""{"territories": {"countries": ["Germany"]}}""", "territories")]
    [InlineData("""{"territories": {"domains": [null]}}""", "territories")]
    [InlineData("""{"leadsPerDay": 0}""", "leadsPerDay")]
    public async Task Not_have_settings_that_make_no_sense(string changes, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var rep = await tenant.AddOwnerAsync("Ann");

        var response = await tenant.Developer.PatchAsync(
            $"/api/reps/{rep}",
            new StringContent(changes, System.Text.Encoding.UTF8, "application/json"));

        await response.ShouldBeProblemAsync(System.Net.HttpStatusCode.BadRequest, field: field);
    }

    [Fact]
    public async Task Lose_their_limit_with_null()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var rep = await tenant.AddOwnerAsync("Ann", new { leadsPerDay = 3, territories = new { languages = new[] { "de" } } });

        var changed = await tenant.PatchRepAsync(rep, new { name = "Anna" });
        (changed.LeadsPerDay, changed.Territories.Languages.Single()).ShouldBe((3, "de"));
        changed = await tenant.PatchRepAsync(rep, new { leadsPerDay = (int?)null, territories = new { } });

        (changed.LeadsPerDay, changed.Territories.IsEmpty, changed.Away).ShouldBe((null, true, false));
    }
}

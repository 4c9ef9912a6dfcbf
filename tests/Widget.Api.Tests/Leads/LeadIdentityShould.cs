using System.Net;
using System.Net.Http.Json;

namespace Widget.Api.Tests.Leads;

/// <summary>Which contact details belong to the same person.</summary>
public sealed class LeadIdentityShould(ApiFixture api)
{
    [Fact]
    public async Task Make_one_lead_of_a_proved_visitor_with_several_addresses()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var (work, home) = (
            await tenant.VisitAsAsync(api.Node, secret, "ada"),
            await tenant.VisitAsAsync(api.Node, secret, "ada"));
        await work.GiveAsync(new { clientId = "1", email = "Ada@Acme.example", name = "Ada" });

        await home.GiveAsync(new { clientId = "1", email = "ada@home.example", name = "Countess" });

        var lead = (await tenant.LeadsAsync()).Single();
        (lead.Name, lead.Email, lead.Company, lead.VerifiedId).ShouldBe(("Ada", "Ada@Acme.example", "acme.example", "ada"));
        lead.OtherEmails.ShouldBe(["ada@home.example"]);
        lead.ConversationIds.ShouldBe([work.Session.ConversationId, home.Session.ConversationId]);
        (await tenant.LeadsAsync("?query=HOME.example")).Single().Id.ShouldBe(lead.Id);
        // A further address is this person's, too.
        await tenant.VisitAndGiveAsync("ADA@home.example");
        (await tenant.LeadsAsync()).Single().ConversationIds.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Keep_two_proved_visitors_apart()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var (ada, eve) = (await tenant.VisitAsAsync(api.Node, secret, "ada"), await tenant.VisitAsAsync(api.Node, secret, "eve"));
        await ada.GiveAsync(new { clientId = "1", email = "ada@acme.example" });
        await eve.GiveAsync(new { clientId = "1", email = "eve@acme.example" });

        await eve.GiveAsync(new { clientId = "2", email = "ada@acme.example" });

        (await tenant.LeadsAsync()).Select(lead => (lead.Email, lead.OtherEmails.Count, lead.VerifiedId))
            .ShouldBe([("eve@acme.example", 0, "eve"), ("ada@acme.example", 0, "ada")]);
    }

    [Fact]
    public async Task Take_in_the_lead_from_before_the_sign_in()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var anonymous = await tenant.VisitAndGiveAsync("ada@home.example", "Ada", "+4917112345678");
        var earlier = (await tenant.LeadsAsync()).Single();
        var signedIn = await tenant.VisitAsAsync(api.Node, secret, "ada");
        await signedIn.GiveAsync(new { clientId = "1", email = "ada@acme.example" });

        await signedIn.GiveAsync(new { clientId = "2", email = "ada@home.example" });

        var lead = (await tenant.LeadsAsync()).Single();
        (lead.Email, lead.Name, lead.Phone, lead.VerifiedId).ShouldBe(("ada@acme.example", "Ada", "+4917112345678", "ada"));
        lead.OtherEmails.ShouldBe(["ada@home.example"]);
        lead.MergedIds.ShouldBe([earlier.Id]);
        lead.ConversationIds.ShouldBe([anonymous.Session.ConversationId, signedIn.Session.ConversationId], ignoreOrder: true);
        // Staff may know better, and is not overruled.
        await tenant.UndoMergeAsync(earlier.Id);
        await signedIn.GiveAsync(new { clientId = "3", email = "ada@home.example" });
        (await tenant.LeadsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Give_a_lead_the_identity_that_is_proved_later_with_the_same_address()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");

        await (await tenant.VisitAsAsync(api.Node, secret, "ada")).GiveAsync(new { clientId = "1", email = "ada@acme.example" });

        var lead = (await tenant.LeadsAsync()).Single();
        (lead.Name, lead.VerifiedId).ShouldBe(("Ada", "ada"));
    }

    [Fact]
    public async Task Keep_two_verified_visitors_with_one_address_or_number_apart()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var ada = await tenant.VisitAsAsync(api.Node, secret, "ada");
        await ada.GiveAsync(new { clientId = "1", email = "office@acme.example", name = "Ada" });
        await (await tenant.VisitAsAsync(api.Node, secret, "cleo")).GiveAsync(new { clientId = "1", phone = "+4917112345678" });

        var bob = await tenant.VisitAsAsync(api.Node, secret, "bob");
        await bob.GiveAsync(new { clientId = "1", email = "Office@acme.example", name = "Bob" });
        var dan = await tenant.VisitAsAsync(api.Node, secret, "dan");
        await dan.GiveAsync(new { clientId = "1", phone = "+4917112345678", name = "Dan" });
        await dan.GiveAsync(new { clientId = "2", email = "office@acme.example" });
        // A visitor without a verified identity matches the first lead.
        await tenant.VisitAndGiveAsync("office@acme.example", "Eve");

        var leads = await tenant.LeadsAsync();
        leads.Select(lead => (lead.Name, lead.Email, lead.Phone, lead.VerifiedId)).ShouldBe(
            [
                ("Ada", "office@acme.example", null, "ada"),
                (null, null, "+4917112345678", "cleo"),
                ("Bob", "Office@acme.example", null, "bob"),
                ("Dan", "office@acme.example", "+4917112345678", "dan"),
            ],
            ignoreOrder: true);
        leads.Single(lead => lead.VerifiedId == "ada").ConversationIds.Count.ShouldBe(2);
        // Staff can still change leads that share an address.
        foreach (var lead in leads.Where(lead => lead.VerifiedId is "ada" or "bob"))
        {
            (await tenant.PatchLeadAsync(lead.Id, new { name = $"{lead.Name} B.", email = lead.Email!.ToUpperInvariant() })).Name
                .ShouldBe($"{lead.Name} B.");
            (await tenant.PatchLeadAsync(lead.Id, new { phone = "+493012345678" })).Phone.ShouldBe("+493012345678");
        }
    }

    [Fact]
    public async Task Find_the_lead_with_the_address_before_one_with_the_shared_number()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        await (await tenant.VisitAsAsync(api.Node, secret, "cleo")).GiveAsync(new { clientId = "1", phone = "+4917112345678" });
        var dan = await tenant.VisitAsAsync(api.Node, secret, "dan");
        await dan.GiveAsync(new { clientId = "1", phone = "+4917112345678" });
        await dan.GiveAsync(new { clientId = "2", email = "dan@acme.example" });

        await tenant.VisitAndGiveAsync("dan@acme.example", phone: "+4917112345678");

        var leads = await tenant.LeadsAsync();
        leads.Select(lead => (lead.Email, lead.VerifiedId, lead.ConversationIds.Count)).ShouldBe(
            [("dan@acme.example", "dan", 2), (null, "cleo", 1)],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Keep_the_address_that_another_replaces_after_a_shared_number()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        await (await tenant.VisitAsAsync(api.Node, secret, "cleo")).GiveAsync(new { clientId = "1", phone = "+4917112345678" });
        var dan = await tenant.VisitAsAsync(api.Node, secret, "dan");
        await dan.GiveAsync(new { clientId = "1", phone = "+4917112345678" });
        await dan.GiveAsync(new { clientId = "2", email = "dan@home.example" });
        await dan.GiveAsync(new { clientId = "3", email = "dan@work.example" });
        var lead = (await tenant.LeadsAsync()).Single(lead => lead.VerifiedId == "dan");

        var changed = await tenant.PatchLeadAsync(lead.Id, new { email = "dan@work.example" });

        (changed.Email, changed.OtherEmails.Single()).ShouldBe(("dan@work.example", "dan@home.example"));
    }

    [Fact]
    public async Task Keep_the_address_that_another_replaces_after_staff_replaced_a_shared_one()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        await (await tenant.VisitAsAsync(api.Node, secret, "ada")).GiveAsync(new { clientId = "1", email = "office@acme.example" });
        var bob = await tenant.VisitAsAsync(api.Node, secret, "bob");
        await bob.GiveAsync(new { clientId = "1", email = "office@acme.example" });
        var lead = (await tenant.LeadsAsync()).Single(lead => lead.VerifiedId == "bob");
        await tenant.PatchLeadAsync(lead.Id, new { email = "bob@acme.example" });
        await bob.GiveAsync(new { clientId = "2", email = "bob@home.example" });

        var changed = await tenant.PatchLeadAsync(lead.Id, new { email = "bob@home.example" });

        (changed.Email, changed.OtherEmails.Single()).ShouldBe(("bob@home.example", "bob@acme.example"));
    }

    [Fact]
    public async Task Say_that_the_lead_with_a_new_address_was_merged_into_this_one()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("ada@acme.example");
        await tenant.VisitAndGiveAsync("bob@acme.example");
        var leads = await tenant.LeadsAsync();
        var (ada, bob) = (leads.Single(lead => lead.Email == "ada@acme.example"), leads.Single(lead => lead.Email == "bob@acme.example"));
        await tenant.MergeAsync(bob.Id, ada.Id);

        var response = await tenant.Developer.PatchAsJsonAsync($"/api/leads/{ada.Id}", new { email = "bob@acme.example" });

        await response.ShouldBeProblemAsync(
            HttpStatusCode.Conflict,
            "A lead that was merged into this one has this e-mail address or phone number. Undo the merge first.");
    }

    [Fact]
    public async Task Keep_a_verified_visitors_address_when_the_visitor_gives_another_persons()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var ada = await tenant.VisitAsAsync(api.Node, secret, "ada");
        await ada.GiveAsync(new { clientId = "1", email = "office@acme.example" });
        var bob = await tenant.VisitAsAsync(api.Node, secret, "bob");

        await bob.GiveAsync(new { clientId = "1", email = "bob@acme.example" });
        await bob.GiveAsync(new { clientId = "2", email = "office@acme.example" });

        (await tenant.LeadsAsync()).Select(lead => (lead.VerifiedId, lead.Email, lead.OtherEmails.Count)).ShouldBe(
            [("ada", "office@acme.example", 0), ("bob", "bob@acme.example", 0)],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Keep_the_address_that_was_given_before_verification()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var visitor = await tenant.VisitAndGiveAsync("first@acme.example", "Ada");

        var verified = await tenant.VisitAsAsync(api.Node, secret, "ada", visitor.Session.VisitorId);
        await verified.GiveAsync(new { clientId = "2", email = "second@acme.example" });

        var lead = (await tenant.LeadsAsync()).Single();
        (lead.Email, string.Join(' ', lead.OtherEmails), lead.VerifiedId).ShouldBe(("first@acme.example", "second@acme.example", "ada"));
    }

    [Fact]
    public async Task Let_a_stranger_change_nothing_of_a_proved_visitors_lead()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var ada = await tenant.VisitAsAsync(api.Node, secret, "ada");
        await ada.GiveAsync(new { clientId = "1", email = "ada@acme.example", phone = "+4917112345678", consent = "We call you." });

        await (await tenant.VisitAsync()).GiveAsync(
            new { clientId = "1", email = "ada@acme.example", phone = "+4917187654321", name = "Eve", consent = "Anything goes." });

        var lead = (await tenant.LeadsAsync()).Single();
        (lead.Phone, lead.Consent, lead.VerifiedId).ShouldBe(("+4917112345678", "We call you.", "ada"));
    }

    [Fact]
    public async Task Have_the_name_that_the_site_gives()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var ada = await tenant.VisitAsAsync(api.Node, secret, "ada", name: "Ada Lovelace");
        await ada.GiveAsync(new { clientId = "1", email = "ada@acme.example" });

        await tenant.VisitAndGiveAsync("ada@acme.example", "Mallory");

        (await tenant.LeadsAsync()).Single().Name.ShouldBe("Ada Lovelace");
    }

    [Fact]
    public async Task Leave_a_number_to_the_lead_that_it_identifies()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var ada = await tenant.VisitAsAsync(api.Node, secret, "ada");
        await ada.GiveAsync(new { clientId = "1", phone = "+4917112345678" });
        await tenant.VisitAndGiveAsync(phone: "+4917187654321");

        await ada.GiveAsync(new { clientId = "2", phone = "+4917187654321" });

        (await tenant.LeadsAsync()).Select(lead => (lead.Phone, lead.VerifiedId))
            .ShouldBe([("+4917187654321", null), ("+4917112345678", "ada")]);
    }

    [Fact]
    public async Task Keep_tenants_apart_that_get_the_same_address_in_turn_and_at_once()
    {
        var tenants = new[] { await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api) };
        foreach (var tenant in tenants) await tenant.VisitAndGiveAsync("ada@acme.example", tenant.Created.SiteKey);
        var visitors = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => tenants[i % 2].VisitAsync()));

        await Task.WhenAll(visitors.Select(visitor => visitor.GiveAsync(new { clientId = "1", email = "bob@acme.example" })));

        var leads = new[] { await tenants[0].LeadsAsync(), await tenants[1].LeadsAsync() };
        for (var i = 0; i < 2; i++)
        {
            leads[i].Select(lead => lead.Email).ShouldBe(["bob@acme.example", "ada@acme.example"]);
            leads[i][1].Name.ShouldBe(tenants[i].Created.SiteKey);
            leads[i][0].ConversationIds.Count.ShouldBe(4);
            var foreign = await tenants[i].Developer.GetAsync($"/api/leads/{leads[1 - i][0].Id}");
            foreign.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        }

        leads[0].Select(lead => lead.Id).Intersect(leads[1].Select(lead => lead.Id)).ShouldBeEmpty();
    }
}

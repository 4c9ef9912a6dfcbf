using System.Net;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

/// <summary>Merging two leads, and undoing it.</summary>
public sealed class LeadMergesShould(ApiFixture api)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Show_both_in_either_direction_and_be_undone_exactly(bool older)
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        await tenant.VisitAndGiveAsync("countess@home.example", phone: "+4917112345678");
        var before = await tenant.LeadsAsync();
        var (stays, goes) = older ? (before[1], before[0]) : (before[0], before[1]);

        var merged = await tenant.MergeAsync(goes.Id, stays.Id);

        merged.Id.ShouldBe(stays.Id);
        (merged.Name, merged.Email, merged.Phone, merged.Company).ShouldBe(("Ada", stays.Email, "+4917112345678", stays.Company));
        (merged.OtherEmails.Single(), merged.MergedIds.Single()).ShouldBe((goes.Email!, goes.Id));
        merged.ConversationIds.ShouldBe(before.SelectMany(lead => lead.ConversationIds), ignoreOrder: true);
        (await tenant.LeadsAsync()).Single().Id.ShouldBe(stays.Id);
        (await tenant.LeadAsync(goes.Id)).Id.ShouldBe(stays.Id);
        (await tenant.LeadsAsync($"?query={goes.Email}")).Single().Id.ShouldBe(stays.Id);

        (await tenant.UndoMergeAsync(goes.Id)).Id.ShouldBe(goes.Id);

        (await tenant.LeadsAsync()).Select(Known).ShouldBe(before.Select(Known));
    }

    [Fact]
    public async Task Give_back_what_happened_under_each_address_meanwhile()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        await tenant.VisitAndGiveAsync("bob@acme.example", "Bob");
        var (ada, bob) = (await tenant.LeadAsync("Ada"), await tenant.LeadAsync("Bob"));
        await tenant.MergeAsync(bob.Id, ada.Id);
        await tenant.PatchLeadAsync(ada.Id, new { company = "Acme Ltd" });

        var later = await tenant.VisitAndGiveAsync("bob@acme.example", phone: "+4917112345678");

        var merged = await tenant.LeadAsync(ada.Id);
        (merged.Phone, merged.ConversationIds.Count).ShouldBe(("+4917112345678", 3));
        await tenant.UndoMergeAsync(bob.Id);
        (ada, bob) = (await tenant.LeadAsync("Ada"), await tenant.LeadAsync("Bob"));
        (ada.Company, ada.Phone, ada.ConversationIds.Count).ShouldBe(("Acme Ltd", null, 1));
        (bob.Company, bob.Phone, bob.ConversationIds[^1]).ShouldBe(("acme.example", "+4917112345678", later.Session.ConversationId));
    }

    [Fact]
    public async Task Keep_a_chain_that_can_be_taken_apart_in_any_order()
    {
        var tenant = await TestTenant.CreateAsync(api);
        foreach (var name in new[] { "A", "B", "C" }) await tenant.VisitAndGiveAsync($"{name}@acme.example", name);
        var (a, b, c) = (await tenant.LeadAsync("A"), await tenant.LeadAsync("B"), await tenant.LeadAsync("C"));
        await tenant.MergeAsync(a.Id, b.Id);
        await tenant.MergeAsync(b.Id, c.Id);
        (await tenant.LeadsAsync()).Single().MergedIds.ShouldBe([a.Id, b.Id], ignoreOrder: true);

        await tenant.UndoMergeAsync(b.Id);

        (await tenant.LeadAsync(a.Id)).Id.ShouldBe(b.Id);
        (await tenant.LeadsAsync()).Select(lead => (lead.Name, lead.MergedIds.Count)).ShouldBe([("C", 0), ("B", 1)]);
        await tenant.MergeAsync(b.Id, c.Id);
        (await tenant.UndoMergeAsync(a.Id)).Id.ShouldBe(a.Id);
        (await tenant.LeadAsync(c.Id)).MergedIds.ShouldBe([b.Id]);
    }

    [Fact]
    public async Task Refuse_what_makes_no_sense()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        await tenant.VisitAndGiveAsync("bob@acme.example", "Bob");
        await other.VisitAndGiveAsync("eve@acme.example", "Eve");
        var (ada, bob, eve) = (await tenant.LeadAsync("Ada"), await tenant.LeadAsync("Bob"), await other.LeadAsync("Eve"));

        await (await tenant.TryMergeAsync(ada.Id, ada.Id)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "into");
        await (await tenant.TryMergeAsync(ada.Id, eve.Id)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "into");
        await (await tenant.TryMergeAsync(eve.Id, ada.Id)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await tenant.TryMergeAsync(ada.Id, bob.Id, Guid.NewGuid())).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "repId");
        await (await tenant.Developer.PostAsync($"/api/leads/{ada.Id}/merge/undo", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await tenant.MergeAsync(ada.Id, bob.Id);
        await (await tenant.TryMergeAsync(bob.Id, ada.Id)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await (await tenant.TryMergeAsync(ada.Id, bob.Id)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        (await other.LeadsAsync()).Single().MergedIds.ShouldBeEmpty();
    }

    [Fact]
    public async Task Merge_once_if_asked_for_both_directions_at_once()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        await tenant.VisitAndGiveAsync("bob@acme.example", "Bob");
        var (ada, bob) = (await tenant.LeadAsync("Ada"), await tenant.LeadAsync("Bob"));

        var outcomes = await Task.WhenAll(tenant.TryMergeAsync(ada.Id, bob.Id), tenant.TryMergeAsync(bob.Id, ada.Id));

        outcomes.Select(outcome => outcome.StatusCode).ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict], ignoreOrder: true);
        (await tenant.LeadsAsync()).Single().ConversationIds.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Leave_nothing_of_an_erased_visitor_and_keep_the_others()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var adas = await tenant.VisitAndGiveAsync("ada@acme.example", "Ada", "+4917112345678");
        await tenant.VisitAndGiveAsync("bob@acme.example");
        var (ada, bob) = (await tenant.LeadAsync("Ada"), await tenant.LeadAsync("bob@acme.example"));
        await tenant.MergeAsync(ada.Id, bob.Id);

        await api.EraseAsync("visitors", adas.Session.VisitorId);

        var left = (await tenant.LeadsAsync()).Single();
        (left.Id, left.Email, left.Name, left.Phone, left.OtherEmails.Count).ShouldBe((bob.Id, "bob@acme.example", null, null, 0));
    }

    [Fact]
    public async Task Show_the_merged_lead_again_when_the_other_one_is_erased()
    {
        var tenant = await TestTenant.CreateAsync(api);
        foreach (var name in new[] { "A", "B" }) await tenant.VisitAndGiveAsync($"{name}@acme.example", name);
        var last = await tenant.VisitAndGiveAsync("c@acme.example", "C");
        var (a, b, c) = (await tenant.LeadAsync("A"), await tenant.LeadAsync("B"), await tenant.LeadAsync("C"));
        await tenant.MergeAsync(a.Id, b.Id);
        await tenant.MergeAsync(b.Id, c.Id);

        await api.EraseAsync("visitors", last.Session.VisitorId);

        var left = (await tenant.LeadsAsync()).Single();
        (left.Id, left.MergedIds.Single()).ShouldBe((b.Id, a.Id));
    }

    [Fact]
    public async Task Be_deleted_as_one()
    {
        var tenant = await TestTenant.CreateAsync(api);
        foreach (var name in new[] { "A", "B", "C" }) await tenant.VisitAndGiveAsync($"{name}@acme.example", name);
        var (a, b) = (await tenant.LeadAsync("A"), await tenant.LeadAsync("B"));
        await tenant.MergeAsync(a.Id, b.Id);

        (await tenant.Developer.DeleteAsync($"/api/leads/{a.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await tenant.LeadsAsync()).Single().Name.ShouldBe("C");
    }

    // Everything but the lists, which records compare by reference.
    private static string Known(Lead lead) => string.Join(
        '|',
        lead.Id,
        lead.Name,
        lead.Email,
        lead.Phone,
        lead.Company,
        string.Join(',', lead.OtherEmails),
        string.Join(',', lead.ConversationIds),
        string.Join(',', lead.MergedIds));
}

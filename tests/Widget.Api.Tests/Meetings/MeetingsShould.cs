using System.Net;
using System.Net.Http.Json;
using Widget.Api.Limits;
using Widget.Api.Tests.Leads;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Meetings;

public sealed class MeetingsShould(ApiFixture api)
{
    [Fact]
    public async Task Not_be_booked_with_an_invalid_phone_number()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var slot = (await tenant.SlotsAsync())[0].Start;
        var visitor = await tenant.VisitAsync();

        foreach (var phone in new[] { "12", "call me maybe" })
        {
            var lead = new { name = "Ada", email = "ada@example.com", phone };
            await (await tenant.Developer.PostAsJsonAsync("/api/meetings", new { slotStart = slot, lead, idempotencyKey = phone }))
                .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "lead.phone");
            await (await visitor.Client.PostAsJsonAsync(
                "/api/widget/meetings",
                new
                {
                    conversationId = visitor.Session.ConversationId,
                    slotStart = slot,
                    email = "ada@example.com",
                    phone,
                    timeZone = "Europe/Berlin",
                    idempotencyKey = phone,
                })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "phone");
        }

        (await tenant.MeetingsAsync("")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_booked_without_a_mail_server_and_say_so()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var visitor = await tenant.VisitAsync();

        var booked = await (await visitor.TryBookAsync((await tenant.SlotsAsync())[0].Start)).ToBookedAsync();

        booked.Emailed.ShouldBeFalse();
        booked.ManageUrl.ShouldStartWith(api.Node.Address.AbsoluteUri);
    }

    [Fact]
    public async Task Be_booked_once_for_a_key_even_at_the_same_time()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var visitor = await tenant.VisitAsync();
        var slots = await tenant.SlotsAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => visitor.TryBookAsync(slots[3].Start)));

        var ids = new HashSet<Guid>();
        foreach (var response in responses) ids.Add((await response.ToBookedAsync()).Id);
        ids.Count.ShouldBe(1);
        (await tenant.MeetingsAsync()).Items.Count.ShouldBe(1);
        (await visitor.EventsAsync()).Count.ShouldBe(1);
        await (await visitor.TryBookAsync(slots[4].Start)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        var other = await tenant.VisitAsync();
        (await (await other.TryBookAsync(slots[4].Start)).ToBookedAsync()).Id.ShouldNotBe(ids.Single());
    }

    [Fact]
    public async Task Be_refused_with_the_next_free_times_where_nothing_is_free()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var (first, second) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        var slots = await tenant.SlotsAsync();
        await (await first.TryBookAsync(slots[2].Start)).ToBookedAsync();

        var others = await (await second.TryBookAsync(slots[2].Start, timeZone: "America/New_York")).ToOthersAsync();

        others.Select(slot => slot.Start).ShouldBe(slots.Skip(3).Take(6).Select(slot => slot.Start));
        others.ShouldAllBe(slot => slot.RepName == "Grace Hopper");
        others[0].Start.Offset.Hours.ShouldBeLessThan(0);
        (await (await second.TryBookAsync(slots[2].Start.AddMinutes(7))).ToOthersAsync()).ShouldNotBeEmpty();
        (await (await second.TryBookAsync(slots[2].Start.AddYears(-1))).ToOthersAsync()).ShouldNotBeEmpty();
        // What was offered can be booked, with the same key.
        await (await second.TryBookAsync(others[0].Start)).ToBookedAsync();
    }

    [Fact]
    public async Task Go_to_reps_in_turn()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var reps = new List<Guid>();
        foreach (var name in new[] { "Grace Hopper", "Linus Pauling", "Barbara Liskov" }) reps.Add(await tenant.AddRepAsync(name));
        var slots = await tenant.SlotsAsync();
        // Three reps are free, but each time is shown once.
        slots.Select(slot => slot.Start).ShouldBeUnique();
        var given = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            var visitor = await tenant.VisitAsync();
            var booked = await (await visitor.TryBookAsync(slots[i / 3].Start)).ToBookedAsync();
            given.Add((await tenant.MeetingsAsync()).Items.Single(meeting => meeting.Id == booked.Id).Rep);
        }

        given.ShouldBe([.. reps, .. reps]);
        // All three have a meeting at this time.
        await (await (await tenant.VisitAsync()).TryBookAsync(slots[0].Start)).ToOthersAsync();
    }

    [Fact]
    public async Task Be_booked_and_listed_by_a_program()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var rep = await tenant.AddRepAsync(zone: "Europe/Berlin");
        var slots = await tenant.SlotsAsync();
        var booked = new List<Meeting>();
        foreach (var slot in new[] { slots[4], slots[0], slots[2] })
        {
            var response = await tenant.Developer.PostAsJsonAsync(
                "/api/meetings",
                new
                {
                    slotStart = slot.Start,
                    rep,
                    lead = new { name = "Ada", email = "ada@example.com", phone = "+49 30 901820" },
                    idempotencyKey = slot.Start.ToString("O"),
                });
            booked.Add(await response.ToMeetingAsync());
            response.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        booked[0].TimeZone.ShouldBe("Europe/Berlin");
        booked[0].Lead.Phone.ShouldBe("+49 30 901820");
        var first = await tenant.MeetingsAsync("?limit=2");
        var second = await tenant.MeetingsAsync($"?limit=2&after={first.Next}");
        first.Items.Concat(second.Items).Select(meeting => meeting.Start).ShouldBe([slots[0].Start, slots[2].Start, slots[4].Start]);
        second.Next.ShouldBeNull();
        var from = Uri.EscapeDataString(slots[1].Start.ToString("O"));
        var to = Uri.EscapeDataString(slots[4].Start.ToString("O"));
        (await tenant.MeetingsAsync($"?from={from}&to={to}")).Items.Single().Start.ShouldBe(slots[2].Start);
        (await tenant.MeetingsAsync($"?rep={Guid.NewGuid()}")).Items.ShouldBeEmpty();
        await (await tenant.Developer.GetAsync("/api/meetings?after=x")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "after");
    }

    [Fact]
    public async Task Make_a_lead_of_a_person_for_whom_a_program_books()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.QualifyAsync(new { questions = Array.Empty<object>(), signals = new { bookedMeeting = 40, companyEmail = 10 } });
        var rep = await tenant.AddRepAsync();
        var start = (await tenant.SlotsAsync())[0].Start;
        var lead = new { name = "Ada Lovelace", email = "Ada@acme.example", phone = "+49 30 901820" };

        var meeting = await (await BookAsync()).ToMeetingAsync();
        await (await BookAsync()).ToMeetingAsync();

        var kept = (await tenant.LeadsAsync()).ShouldHaveSingleItem();
        (kept.Name, kept.Email, kept.Phone).ShouldBe(("Ada Lovelace", "Ada@acme.example", "+4930901820"));
        (kept.Owner!.Id, kept.Score).ShouldBe((rep, 50));
        kept.ConversationIds.ShouldBeEmpty();
        (await tenant.LeadAsync(kept.Id)).Summary!.Meetings.Single().Start.ShouldBe(start);
        // The same person comes to the chat later.
        await tenant.VisitAndGiveAsync("ada@acme.example");
        (await tenant.LeadsAsync()).ShouldHaveSingleItem().ConversationIds.Count.ShouldBe(1);
        (await tenant.Developer.PostAsync($"/api/meetings/{meeting.Id}/cancel", null)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => (await tenant.LeadsAsync()).Single().Score == 10, "the score follows");

        Task<HttpResponseMessage> BookAsync() => tenant.Developer.PostAsJsonAsync(
            "/api/meetings",
            new { slotStart = start, rep, lead, timeZone = "Europe/Berlin", idempotencyKey = "1" });
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2027-05-03T10:00:00", "from")]
    [InlineData("from=2027-05-03&to=2027-05-01", "to")]
    [InlineData("from=2027-05-03&to=2027-07-01", "to")]
    [InlineData("timeZone=Mars/Phobos", "timeZone")]
    public async Task Have_clear_errors_for_times(string query, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        await (await tenant.Developer.GetAsync($"/api/meetings/slots?{query}"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
        await (await visitor.Client.GetAsync($"/api/widget/meetings/slots?{query}"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    [Fact]
    public async Task Be_refused_if_the_request_makes_no_sense()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        await tenant.AddRepAsync();
        var foreign = await other.AddRepAsync("Linus Pauling");
        var (visitor, stranger) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        var start = (await tenant.SlotsAsync())[0].Start;

        await (await visitor.TryBookAsync(start, email: "nobody")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "email");
        await (await visitor.TryBookAsync(start, email: "ada@example")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "email");
        await (await visitor.TryBookAsync(start, timeZone: "Nowhere")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "timeZone");
        await (await visitor.TryBookAsync(start, rep: foreign)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        var theirs = await visitor.Client.PostAsJsonAsync(
            "/api/widget/meetings",
            new
            {
                conversationId = stranger.Session.ConversationId,
                slotStart = start,
                email = "ada@example.com",
                timeZone = "UTC",
                idempotencyKey = "1",
            });
        await theirs.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await tenant.MeetingsAsync()).Items.ShouldBeEmpty();
        (await tenant.Developer.GetFromJsonAsync<LeadPage>("/api/leads", TestTenant.Json))!.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_be_shown_to_another_person_with_the_same_key()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var start = (await tenant.SlotsAsync())[0].Start;
        await (await BookAsync("ada@example.com")).ToMeetingAsync();

        var other = await BookAsync("bob@example.com");

        await other.ShouldBeProblemAsync(
            HttpStatusCode.Conflict,
            "This idempotencyKey was used for another booking. Give each booking its own.");
        await (await BookAsync("Ada@example.com")).ToMeetingAsync();

        Task<HttpResponseMessage> BookAsync(string email) => tenant.Developer.PostAsJsonAsync(
            "/api/meetings",
            new { slotStart = start, lead = new { email }, idempotencyKey = "1" });
    }

    [Fact]
    public async Task Belong_to_one_tenant()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        await tenant.AddRepAsync();
        var booked = await (await (await tenant.VisitAsync()).TryBookAsync((await tenant.SlotsAsync())[0].Start)).ToBookedAsync();

        (await other.MeetingsAsync()).Items.ShouldBeEmpty();
        await (await other.Developer.GetAsync($"/api/meetings/{booked.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await other.Developer.PostAsync($"/api/meetings/{booked.Id}/cancel", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await tenant.MeetingsAsync()).Items.Single().State.ShouldBe(MeetingState.Booked);
    }

    [Theory]
    [InlineData("conversations")]
    [InlineData("visitors")]
    public async Task Be_erased_with_the_visitor(string table)
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var visitor = await tenant.VisitAsync();
        var slot = (await tenant.SlotsAsync())[0];
        var booked = await (await visitor.TryBookAsync(slot.Start)).ToBookedAsync();
        await using var erase = api.Database.OwnerSource.CreateCommand($"delete from {table} where id = $1");
        erase.Parameters.Add(new() { Value = table == "visitors" ? visitor.Session.VisitorId : visitor.Session.ConversationId });

        (await erase.ExecuteNonQueryAsync()).ShouldBe(1);

        (await tenant.MeetingsAsync()).Items.ShouldBeEmpty();
        (await tenant.SlotsAsync()).ShouldContain(free => free.Start == slot.Start);
        using var client = api.Node.Client();
        (await client.GetAsync(booked.ManageUrl)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Not_be_changed_when_they_are_past_or_cancelled()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var slots = await tenant.SlotsAsync();
        var booked = await (await (await tenant.VisitAsync()).TryBookAsync(slots[0].Start)).ToBookedAsync();
        var address = $"/api/meetings/{booked.Id}";
        await using (var past = api.Database.OwnerSource.CreateCommand(
            "update meetings set starts_at = now() - interval '1 hour', ends_at = now() - interval '30 minutes' where id = $1"))
        {
            past.Parameters.Add(new() { Value = booked.Id });
            await past.ExecuteNonQueryAsync();
        }

        await (await tenant.Developer.PostAsync($"{address}/cancel", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await (await tenant.Developer.PostAsJsonAsync($"{address}/reschedule", new { slotStart = slots[1].Start }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict);
        var second = await (await (await tenant.VisitAsync()).TryBookAsync(slots[2].Start)).ToBookedAsync();
        address = $"/api/meetings/{second.Id}";
        await tenant.Developer.PostAsync($"{address}/cancel", null);
        (await (await tenant.Developer.PostAsync($"{address}/cancel", null)).ToMeetingAsync()).State.ShouldBe(MeetingState.Cancelled);
        await (await tenant.Developer.PostAsJsonAsync($"{address}/reschedule", new { slotStart = slots[1].Start }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData(Limit.Meetings)]
    [InlineData(Limit.TenantMeetings)]
    public async Task Be_limited(Limit limit)
    {
        await using var node = await MeetingWorld.StartNodeAsync(
            api,
            mail: null,
            LimitOptions.None.With(limit, new Rate(2, TimeSpan.FromHours(1))));
        var tenant = await TestTenant.CreateAsync(api, node);
        await tenant.AddRepAsync();
        var visitor = await tenant.VisitAsync();
        var slots = await tenant.SlotsAsync();
        // A repeated request does not count.
        foreach (var key in new[] { "0", "1", "1" }) await (await visitor.TryBookAsync(slots[key[0] - '0'].Start, key)).ToBookedAsync();

        var third = await visitor.TryBookAsync(slots[2].Start, "2");

        await third.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
        third.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Have_free_times_whose_queries_are_limited()
    {
        await using var node = await MeetingWorld.StartNodeAsync(
            api,
            mail: null,
            LimitOptions.None.With(Limit.MeetingSlots, new Rate(2, TimeSpan.FromHours(1))));
        var visitor = await (await TestTenant.CreateAsync(api, node)).VisitAsync();
        await visitor.SlotsAsync();
        await visitor.SlotsAsync();

        await (await visitor.Client.GetAsync("/api/widget/meetings/slots")).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
    }
}

using System.Net.Http.Json;
using MimeKit;
using Widget.Api.Tests.Leads;
using Widget.Api.Tests.Mail;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Meetings;

/// <summary>What the visitor, the rep and the conversation are told about a meeting.</summary>
public sealed class InvitationsShould(ApiFixture api) : IAsyncLifetime
{
    private SmtpReceiver _receiver = null!;
    private ApiNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = new SmtpReceiver();
        _node = await MeetingWorld.StartNodeAsync(api, _receiver.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Reach_everybody_when_a_visitor_books()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        await tenant.AddRepAsync(zone: "America/New_York");
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync("How long does the fast charger need?");
        var slot = (await visitor.SlotsAsync($"{MeetingWorld.SomeDay()}&timeZone=Asia/Kathmandu"))[0];
        slot.RepName.ShouldBe("Grace Hopper");
        slot.Start.Offset.ShouldBe(new TimeSpan(5, 45, 0));

        var booked = await (await visitor.TryBookAsync(
            slot.Start,
            note: "About <b>fleets</b>",
            locale: "de",
            timeZone: "Asia/Kathmandu",
            consent: "We keep your address.")).ToBookedAsync();

        (booked.Start, booked.End, booked.RepName, booked.Emailed).ShouldBe((slot.Start, slot.End, "Grace Hopper", true));
        booked.Start.Offset.ShouldBe(slot.Start.Offset);
        var told = (await visitor.EventsAsync())[^1].ShouldBeOfType<MeetingBooked>();
        (told.MeetingId, told.Start, told.End, told.TimeZone, told.RepName)
            .ShouldBe((booked.Id, slot.Start, slot.End, "Asia/Kathmandu", "Grace Hopper"));
        var lead = (await tenant.Developer.GetFromJsonAsync<LeadPage>("/api/leads", TestTenant.Json))!.Items.Single();
        (lead.Name, lead.Email, lead.Consent).ShouldBe(("Ada Lovelace", "ada@example.com", "We keep your address."));
        lead.ConversationIds.ShouldBe([visitor.Session.ConversationId]);
        var meeting = await (await tenant.Developer.GetAsync($"/api/meetings/{booked.Id}")).ToMeetingAsync();
        (meeting.State, meeting.Lead.Name, meeting.Lead.Email, meeting.Note, meeting.ConversationId)
            .ShouldBe((MeetingState.Booked, "Ada Lovelace", "ada@example.com", "About <b>fleets</b>", visitor.Session.ConversationId));
        (await tenant.SlotsAsync()).ShouldNotContain(free => free.Start == slot.Start);

        var (toVisitor, toRep) = await MailsAsync(booked.Id);
        toVisitor.Subject.ShouldStartWith("Ihr Termin mit Harbor Bikes: ");
        var text = toVisitor.TextBody.ShouldNotBeNull();
        // The link is encrypted anew each time.
        var link = text.Split('\n').Single(line => line.StartsWith(_node.Address.AbsoluteUri, StringComparison.Ordinal));
        using var browser = _node.Client();
        foreach (var address in new[] { link, booked.ManageUrl })
            (await browser.GetStringAsync(address)).ShouldContain("<h1>Ihr Termin</h1>");
        text.ShouldContain("Asia/Kathmandu");
        text.ShouldNotContain("fleets");
        toVisitor.HtmlBody!.ShouldContain("<html lang=\"de\" dir=\"ltr\">");
        toRep.Subject.ShouldStartWith("New meeting with Ada Lovelace: ");
        text = toRep.TextBody.ShouldNotBeNull();
        text.ShouldContain("America/New_York");
        text.ShouldContain("How long does the fast charger need?");
        text.ShouldContain("two hours");
        toRep.HtmlBody!.ShouldContain("About &lt;b&gt;fleets&lt;/b&gt;");
        toRep.ReplyTo.ToString().ShouldBe("ada@example.com");
    }

    [Theory]
    [InlineData("50%off@example.com")]
    [InlineData("a{b@example.com")]
    public async Task Reach_unusual_addresses_and_tell_the_rep_what_the_visitor_has_answered(string email)
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        await tenant.AddRepAsync();
        var question = new { key = "size", text = "How many bikes?", kind = "number", weight = 10 };
        await tenant.QualifyAsync(new { questions = new[] { question } });
        var visitor = await tenant.VisitAsync();
        await visitor.AnswerAsync(new { size = 40 });

        var booked = await (await visitor.TryBookAsync((await tenant.SlotsAsync())[0].Start, email: email)).ToBookedAsync();

        var (toVisitor, toRep) = await MailsAsync(booked.Id);
        toVisitor.To.Mailboxes.Single().Address.ShouldBe(email);
        toRep.TextBody.ShouldNotBeNull().ShouldContain("How many bikes?: 40");
    }

    [Fact]
    public async Task Carry_an_invitation_that_calendars_understand_and_follow()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        await tenant.AddRepAsync();
        var visitor = await tenant.VisitAsync();
        var slots = await tenant.SlotsAsync();
        var booked = await (await visitor.TryBookAsync(slots[0].Start)).ToBookedAsync();
        var (toVisitor, toRep) = await MailsAsync(booked.Id);

        foreach (var mail in new[] { toVisitor, toRep })
        {
            var part = mail.BodyParts.OfType<TextPart>().Single(text => text.ContentType.IsMimeType("text", "calendar"));
            part.ContentType.Parameters["method"].ShouldBe("REQUEST");
            var file = mail.Attachments.OfType<MimePart>().Single();
            (file.FileName, file.ContentType.MimeType).ShouldBe(("invite.ics", "application/ics"));
            var entry = Entry(part.Text);
            (entry.Uid, entry.Sequence, entry.Status).ShouldBe(($"{booked.Id:N}@meetings.widget", 0, "CONFIRMED"));
            entry.DtStart!.AsUtc.ShouldBe(slots[0].Start.UtcDateTime);
            entry.DtEnd!.AsUtc.ShouldBe(slots[0].End.UtcDateTime);
            entry.Organizer!.Value!.ToString().ShouldBe("mailto:chat@widget.example");
            entry.Attendees.Select(attendee => attendee.Value!.ToString()).Order()
                .ShouldBe(["mailto:ada@example.com", "mailto:grace@shop.example"]);
        }

        var moved = await tenant.Developer.PostAsJsonAsync($"/api/meetings/{booked.Id}/reschedule", new { slotStart = slots[5].Start });
        (await moved.ToMeetingAsync()).Start.ShouldBe(slots[5].Start);
        (toVisitor, _) = await MailsAsync(booked.Id, sequence: 1);
        var later = Entry(toVisitor.BodyParts.OfType<TextPart>().Single(text => text.ContentType.IsMimeType("text", "calendar")).Text);
        (later.Uid, later.Sequence).ShouldBe(($"{booked.Id:N}@meetings.widget", 1));
        later.DtStart!.AsUtc.ShouldBe(slots[5].Start.UtcDateTime);

        (await (await tenant.Developer.PostAsync($"/api/meetings/{booked.Id}/cancel", null)).ToMeetingAsync())
            .State.ShouldBe(MeetingState.Cancelled);
        (toVisitor, toRep) = await MailsAsync(booked.Id, sequence: 2);
        foreach (var mail in new[] { toVisitor, toRep })
        {
            var part = mail.BodyParts.OfType<TextPart>().Single(text => text.ContentType.IsMimeType("text", "calendar"));
            part.ContentType.Parameters["method"].ShouldBe("CANCEL");
            part.Text.ShouldContain("METHOD:CANCEL");
            (Entry(part.Text).Sequence, Entry(part.Text).Status).ShouldBe((2, "CANCELLED"));
        }

        (await visitor.EventsAsync()).Select(entry => entry.GetType())
            .ShouldBe([typeof(MeetingBooked), typeof(MeetingRescheduled), typeof(MeetingCancelled)]);
        ((MeetingRescheduled)(await visitor.EventsAsync())[1]).PreviousStart.ShouldBe(slots[0].Start);
        (await tenant.SlotsAsync()).ShouldContain(free => free.Start == slots[5].Start);
    }

    [Fact]
    public async Task Tell_the_old_rep_when_another_one_takes_over()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        var grace = await tenant.AddRepAsync();
        var visitor = await tenant.VisitAsync();
        var slot = (await tenant.SlotsAsync())[0];
        var booked = await (await visitor.TryBookAsync(slot.Start)).ToBookedAsync();
        var linus = await tenant.AddRepAsync("Linus Pauling");

        await tenant.Developer.PostAsJsonAsync($"/api/meetings/{booked.Id}/reschedule", new { slotStart = slot.Start, rep = linus });

        await Eventually.TrueAsync(() => Task.FromResult(MailsOf(booked.Id, sequence: 1).Count == 3), "three e-mails have arrived");
        var methods = MailsOf(booked.Id, sequence: 1).ToDictionary(
            mail => mail.To.ToString(),
            mail => mail.BodyParts.OfType<TextPart>().Single(text => text.ContentType.IsMimeType("text", "calendar"))
                .ContentType.Parameters["method"]);
        methods.ShouldBe(
            new Dictionary<string, string?>
            {
                ["ada@example.com"] = "REQUEST",
                ["linus@shop.example"] = "REQUEST",
                ["grace@shop.example"] = "CANCEL",
            },
            ignoreOrder: true);
        (await tenant.SlotsAsync($"{MeetingWorld.SomeDay()}&rep={grace}")).ShouldContain(free => free.Start == slot.Start);
    }

    private static Ical.Net.CalendarComponents.CalendarEvent Entry(string calendar) =>
        Ical.Net.Calendar.Load(calendar)!.Events.Single();

    private async Task<(MimeMessage ToVisitor, MimeMessage ToRep)> MailsAsync(Guid meeting, int sequence = 0)
    {
        await Eventually.TrueAsync(() => Task.FromResult(MailsOf(meeting, sequence).Count == 2), "both e-mails have arrived");
        var mails = MailsOf(meeting, sequence);
        return (mails.Single(mail => mail.To.ToString() != "grace@shop.example"),
            mails.Single(mail => mail.To.ToString() == "grace@shop.example"));
    }

    // The node also sends what earlier tests have left in the outbox.
    private List<MimeMessage> MailsOf(Guid meeting, int sequence) =>
    [
        .. _receiver.Messages.Where(mail =>
            mail.BodyParts.OfType<TextPart>().FirstOrDefault(text => text.ContentType.IsMimeType("text", "calendar")) is { } part
            && part.Text.Contains($"UID:{meeting:N}@", StringComparison.Ordinal)
            && Entry(part.Text).Sequence == sequence),
    ];
}

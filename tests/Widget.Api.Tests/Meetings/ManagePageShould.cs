using System.Net;
using System.Text.RegularExpressions;
using Widget.Api.Limits;
using Widget.Contracts;

namespace Widget.Api.Tests.Meetings;

/// <summary>The page on which a visitor changes a meeting, used as a browser without JavaScript does.</summary>
public sealed partial class ManagePageShould(ApiFixture api)
{
    [Theory]
    [InlineData("en", "ltr", "Your meeting", "Cancel the meeting")]
    [InlineData("de", "ltr", "Ihr Termin", "Termin absagen")]
    [InlineData("es", "ltr", "Su reunión", "Cancelar la reunión")]
    [InlineData("ar", "rtl", "اجتماعك", "إلغاء الاجتماع")]
    public async Task Show_the_meeting_in_the_visitors_language(string locale, string direction, string title, string cancel)
    {
        var (_, booked) = await BookAsync(locale);
        using var browser = Browser();

        var response = await browser.GetAsync(booked.ManageUrl);

        var page = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, page);
        page.ShouldContain($"<html lang=\"{locale}\" dir=\"{direction}\">");
        page.ShouldContain($"<h1>{title}</h1>");
        page.ShouldContain(cancel);
        page.ShouldContain("Grace Hopper");
        page.ShouldContain("Europe/Berlin");
        page.ShouldContain($"{booked.Start:HH:mm}–{booked.End:HH:mm}");
        page.ShouldNotContain("<script");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("form-action 'self'");
    }

    [Fact]
    public async Task Cancel_the_meeting_with_a_form()
    {
        var (tenant, booked) = await BookAsync("en");
        using var browser = Browser();
        // Looking at the page changes nothing, because mail programs open links.
        await browser.GetAsync(booked.ManageUrl);
        (await tenant.MeetingsAsync()).Items.Single().State.ShouldBe(MeetingState.Booked);

        var response = await browser.PostAsync(booked.ManageUrl, Form(("action", "cancel")));

        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await tenant.MeetingsAsync()).Items.Single().State.ShouldBe(MeetingState.Cancelled);
        var page = await browser.GetStringAsync(response.Headers.Location);
        page.ShouldContain("This meeting has been cancelled.");
        page.ShouldNotContain("<form");
        (await tenant.SlotsAsync()).ShouldContain(free => free.Start == booked.Start);
    }

    [Fact]
    public async Task Move_the_meeting_with_a_form()
    {
        var (tenant, booked) = await BookAsync("en");
        using var browser = Browser();

        var page = await browser.GetStringAsync($"{booked.ManageUrl}?move=1");

        var times = Slot().Matches(page).Select(match => match.Groups["start"].Value).ToList();
        times.Count.ShouldBeGreaterThan(100);
        var chosen = times[50];
        var response = await browser.PostAsync(booked.ManageUrl, Form(("action", "move"), ("slot", chosen)));
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await browser.GetStringAsync(response.Headers.Location)).ShouldContain("Your meeting has a new time.");
        (await tenant.MeetingsAsync()).Items.Single().Start.ShouldBe(DateTimeOffset.Parse(chosen));
        page.ShouldContain("Later times");
    }

    [Fact]
    public async Task Say_so_if_the_chosen_time_is_taken()
    {
        var (tenant, booked) = await BookAsync("en");
        var other = await (await (await tenant.VisitAsync()).TryBookAsync(booked.Start.AddHours(3))).ToBookedAsync();
        using var browser = Browser();

        var response = await browser.PostAsync(booked.ManageUrl, Form(("action", "move"), ("slot", other.Start.ToString("O"))));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldContain("This time is no longer free.");
        (await tenant.MeetingsAsync()).Items.Single(meeting => meeting.Id == booked.Id).Start.ShouldBe(booked.Start);
    }

    [Fact]
    public async Task Say_so_if_the_meeting_has_started()
    {
        var (tenant, booked) = await BookAsync("en");
        await using (var past = api.Database.OwnerSource.CreateCommand(
            "update meetings set starts_at = now() - interval '1 hour', ends_at = now() - interval '30 minutes' where id = $1"))
        {
            past.Parameters.Add(new() { Value = booked.Id });
            await past.ExecuteNonQueryAsync();
        }

        using var browser = Browser();
        foreach (var address in new[] { booked.ManageUrl, $"{booked.ManageUrl}?move=1" })
        {
            var page = await browser.GetStringAsync(address);
            page.ShouldContain("This meeting has already started");
            page.ShouldNotContain("<form");
        }

        await browser.PostAsync(booked.ManageUrl, Form(("action", "cancel")));
        (await tenant.MeetingsAsync()).Items.Single().State.ShouldBe(MeetingState.Booked);
    }

    [Fact]
    public async Task Say_so_if_the_link_is_unknown()
    {
        var (_, booked) = await BookAsync("en");
        using var browser = Browser();
        browser.DefaultRequestHeaders.AcceptLanguage.ParseAdd("de");
        var token = booked.ManageUrl.Split('/')[^1];
        var changed = token[..^2] + (token[^2] == 'A' ? "BA" : "AA");

        foreach (var wrong in new[] { "x", changed, token[..50], "../../etc" })
        {
            var response = await browser.GetAsync(new Uri(api.Node.Address, $"/widget/meetings/{Uri.EscapeDataString(wrong)}"));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await response.Content.ReadAsStringAsync()).ShouldContain("Termin nicht gefunden");
        }
    }

    [Fact]
    public async Task Give_the_meeting_as_a_calendar_file()
    {
        var (_, booked) = await BookAsync("en");
        using var browser = Browser();

        var response = await browser.GetAsync($"{booked.ManageUrl}/calendar.ics");

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/calendar");
        var entry = Ical.Net.Calendar.Load(await response.Content.ReadAsStringAsync())!.Events.Single();
        entry.DtStart!.AsUtc.ShouldBe(booked.Start.UtcDateTime);
        entry.Uid.ShouldBe($"{booked.Id:N}@meetings.widget");
    }

    [Fact]
    public async Task Not_be_used_to_flood_a_rep()
    {
        await using var node = await MeetingWorld.StartNodeAsync(
            api,
            mail: null,
            LimitOptions.None.With(Limit.Meetings, new Rate(2, TimeSpan.FromHours(1))));
        var (_, booked) = await BookAsync("en", node);
        using var browser = Browser();
        for (var i = 1; i < 3; i++)
            await browser.PostAsync(booked.ManageUrl, Form(("action", "move"), ("slot", booked.Start.AddHours(i).ToString("O"))));

        var third = await browser.PostAsync(booked.ManageUrl, Form(("action", "move"), ("slot", booked.Start.AddHours(4).ToString("O"))));

        third.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await third.Content.ReadAsStringAsync()).ShouldContain("changed too often");
    }

    private async Task<(TestTenant Tenant, BookedMeeting Booked)> BookAsync(string locale, ApiNode? node = null)
    {
        var tenant = await TestTenant.CreateAsync(api, node);
        await tenant.AddRepAsync();
        var start = (await tenant.SlotsAsync())[10].Start;
        return (tenant, await (await (await tenant.VisitAsync()).TryBookAsync(start, locale: locale)).ToBookedAsync());
    }

    private HttpClient Browser() => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = api.Node.Address };

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    [GeneratedRegex("name=\"slot\" value=\"(?<start>[^\"]+)\"")]
    private static partial Regex Slot();
}

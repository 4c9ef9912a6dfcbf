using System.Net;
using System.Net.Http.Json;
using Widget.Api.Tests.Chat;
using Widget.Contracts;

namespace Widget.Api.Tests.Meetings;

public sealed class RepsShould(ApiFixture api)
{
    [Fact]
    public async Task Be_added_listed_changed_and_removed()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var id = await tenant.AddRepAsync("Grace Hopper", "America/New_York");

        var listed = (await ListAsync(tenant)).Single();
        (listed.Id, listed.Name, listed.Email, listed.TimeZone, listed.HasHours)
            .ShouldBe((id, "Grace Hopper", "grace@shop.example", "America/New_York", true));
        var changed = await tenant.Developer.PatchAsJsonAsync($"/api/reps/{id}", new { timeZone = "Asia/Kathmandu" });
        changed.StatusCode.ShouldBe(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        listed = (await ListAsync(tenant)).Single();
        (listed.Name, listed.TimeZone).ShouldBe(("Grace Hopper", "Asia/Kathmandu"));

        (await tenant.Developer.DeleteAsync($"/api/reps/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ListAsync(tenant)).ShouldBeEmpty();
        (await tenant.SlotsAsync()).ShouldBeEmpty();
        await (await tenant.Developer.DeleteAsync($"/api/reps/{id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Not_take_another_reps_address()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync("Grace Hopper");
        var ada = await tenant.AddRepAsync("Ada Lovelace");

        await (await tenant.Developer.PatchAsJsonAsync($"/api/reps/{ada}", new { email = "GRACE@shop.example" }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict);

        (await ListAsync(tenant)).Select(rep => rep.Email).Order().ShouldBe(["ada@shop.example", "grace@shop.example"]);
    }

    [Fact]
    public async Task Keep_their_hours_as_they_were_given()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var hours = new
        {
            weekly = new[] { new { day = "monday", from = "09:00", to = "17:00" }, new { day = "friday", from = "22:00", to = "02:00" } },
            slotMinutes = 45,
            bufferMinutes = 10,
            minimumNoticeMinutes = 120,
            holidays = new[] { "2027-05-01" },
            dailyLimit = 4,
        };
        var id = await tenant.AddRepAsync(hours: hours);

        var read = (await tenant.Developer.GetFromJsonAsync<RepHours>($"/api/reps/{id}/hours", TestTenant.Json))!;

        read.Weekly.Select(window => (window.Day, window.From, window.To))
            .ShouldBe([(WeekDay.Monday, "09:00", "17:00"), (WeekDay.Friday, "22:00", "02:00")]);
        (read.SlotMinutes, read.BufferMinutes, read.MinimumNoticeMinutes, read.DailyLimit).ShouldBe((45, 10, 120, (int?)4));
        read.Holidays.ShouldBe(["2027-05-01"]);
    }

    [Theory]
    [InlineData("""{"weekly":[{"day":"monday","from":"9:00","to":"17:00"}]}""", "weekly")]
    [InlineData("""{"weekly":[{"day":"monday","from":"24:00","to":"01:00"}]}""", "weekly")]
    [InlineData("""{"weekly":[null]}""", "weekly")]
    [InlineData("""{"weekly":[{"day":"monday","from":"09:00","to":"12:00"},{"day":"monday","from":"11:00","to":"13:00"}]}""", "weekly")]
    [InlineData("""{"weekly":[{"day":"sunday","from":"22:00","to":"02:00"},{"day":"monday","from":"01:00","to":"03:00"}]}""", "weekly")]
    [InlineData("""{"weekly":[],"slotMinutes":1}""", "slotMinutes")]
    [InlineData("""{"weekly":[],"bufferMinutes":-1}""", "bufferMinutes")]
    [InlineData("""{"weekly":[],"holidays":["1 May"]}""", "holidays")]
    [InlineData("""{"weekly":[],"dailyLimit":0}""", "dailyLimit")]
    [InlineData("""{"weekly":[],"slots":30}""", "slots")]
    public async Task Refuse_hours_that_make_no_sense(string hours, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var id = await tenant.AddRepAsync();

        var response = await tenant.Developer.PutAsync(
            $"/api/reps/{id}/hours",
            new StringContent(hours, System.Text.Encoding.UTF8, "application/json"));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    [Theory]
    [InlineData("""{"name":" ","email":"a@b.example","timeZone":"UTC"}""", "name")]
    [InlineData("""{"name":"A","email":"nobody","timeZone":"UTC"}""", "email")]
    [InlineData("""{"name":"A","email":"a@b.example","timeZone":"Europe/Atlantis"}""", "timeZone")]
    public async Task Refuse_what_cannot_be_a_rep(string rep, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PostAsync(
            "/api/reps",
            new StringContent(rep, System.Text.Encoding.UTF8, "application/json"));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    [Fact]
    public async Task Stay_while_they_have_meetings()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (grace, linus) = (await tenant.AddRepAsync(), await tenant.AddRepAsync("Linus Pauling"));
        var visitor = await tenant.VisitAsync();
        var slot = (await tenant.SlotsAsync())[0];
        var booked = await (await visitor.TryBookAsync(slot.Start, rep: grace)).ToBookedAsync();

        await (await tenant.Developer.DeleteAsync($"/api/reps/{grace}")).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        var moved = await tenant.Developer.PostAsJsonAsync(
            $"/api/meetings/{booked.Id}/reschedule",
            new { slotStart = slot.Start, rep = linus });
        (await moved.ToMeetingAsync()).RepName.ShouldBe("Linus Pauling");
        (await tenant.Developer.DeleteAsync($"/api/reps/{grace}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Be_hidden_from_visitors_and_other_tenants()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var id = await tenant.AddRepAsync();
        var visitor = await tenant.VisitAsync();

        (await ListAsync(other)).ShouldBeEmpty();
        (await other.SlotsAsync()).ShouldBeEmpty();
        await (await other.Developer.GetAsync($"/api/reps/{id}/hours")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await other.Developer.DeleteAsync($"/api/reps/{id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await other.Developer.PutAsJsonAsync($"/api/reps/{id}/busy-feed", new { url = "https://example.com/a.ics" }))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await visitor.Client.GetAsync("/api/reps")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await visitor.Client.GetAsync("/api/meetings")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Make_the_widget_offer_meetings()
    {
        var tenant = await TestTenant.CreateAsync(api);
        (await tenant.VisitAsync()).Session.Config.Meetings.ShouldBe(new MeetingOffer(Enabled: false, Url: null));
        var id = await tenant.AddRepAsync();
        await tenant.ConfigureAsync(new { meetingUrl = "https://calendar.example.com/acme" });

        (await tenant.VisitAsync()).Session.Config.Meetings.ShouldBe(new MeetingOffer(true, "https://calendar.example.com/acme"));
        await tenant.Developer.PutAsJsonAsync($"/api/reps/{id}/hours", new { weekly = Array.Empty<object>() });

        (await tenant.VisitAsync()).Session.Config.Meetings.Enabled.ShouldBeFalse();
        await (await tenant.Developer.PutAsJsonAsync("/api/settings", new { meetingUrl = "http://calendar.example.com" }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "meetingUrl");
    }

    private static async Task<Rep[]> ListAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<Rep[]>("/api/reps", TestTenant.Json))!;
}

using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Widget.Api.Meetings.Busy;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Meetings;

/// <summary>
/// Busy times from a calendar server, over HTTP. In a database of their own, because any node of a database may read the feeds, and others
/// read them again only after minutes.
/// </summary>
public sealed class BusyFeedsShould(ApiFixture api) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private WebApplication _server = null!;
    private Uri _address = null!;
    private volatile string _calendar = Calendar("");
    private volatile int _status = 200;
    private int _reads;
    private ApiNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _address = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Urls.Add(_address.GetLeftPart(UriPartial.Authority));
        _server.MapGet("/busy.ics", (HttpContext http) =>
        {
            // Each read opens a connection, so each checks whether the address is allowed.
            http.Response.Headers.Connection = "close";
            Interlocked.Increment(ref _reads);
            return _status == 200 ? Results.Text(_calendar, "text/calendar") : Results.StatusCode(_status);
        });
        _server.MapGet("/moved", () => Results.Redirect("/busy.ics"));
        _server.MapGet("/huge", () => Results.Text(new string('x', 9 << 20)));
        await _server.StartAsync();
        api.Sites.Add(_address.Authority);
        _database = await TestDatabase.CreateAsync();
        _node = await ApiNode.StartAsync(
            _database,
            fetching: api.Fetching,
            services: services => services.AddSingleton(new BusyFeedTimings
            {
                Interval = TimeSpan.FromMilliseconds(300),
                MaxPause = TimeSpan.FromMilliseconds(600),
                Poll = TimeSpan.FromMilliseconds(100),
                TimeLimit = TimeSpan.FromSeconds(5),
            }));
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Block_the_times_of_the_feed_and_follow_its_changes()
    {
        var (tenant, rep) = await WithFeedAsync("/moved");
        var slots = await tenant.SlotsAsync();
        slots.Count.ShouldBe(48);
        _calendar = Calendar(Busy(slots[4], slots[6]));
        await EventuallySlotsAsync(tenant, 46);

        (await tenant.SlotsAsync()).ShouldNotContain(free => free.Start >= slots[4].Start && free.Start < slots[6].Start);
        var visitor = await tenant.VisitAsync();
        (await (await visitor.TryBookAsync(slots[5].Start)).ToOthersAsync())[0].Start.ShouldBe(slots[6].Start);

        _calendar = Calendar("");
        await EventuallySlotsAsync(tenant, 48);
        var state = await StateAsync(tenant, rep);
        (state.Current, state.Error).ShouldBe((true, null));
        state.FetchedAt.ShouldNotBeNull();
        state.Url.ShouldBe($"{_address.GetLeftPart(UriPartial.Authority)}/…oved");
    }

    [Fact]
    public async Task Offer_nothing_before_the_feed_was_read()
    {
        _status = 503;
        var (tenant, rep) = await WithFeedAsync("/busy.ics", waitForRead: false);
        await Eventually.TrueAsync(
            async () => (await StateAsync(tenant, rep)).Error?.Contains("503", StringComparison.Ordinal) == true,
            "the failure is reported");

        (await tenant.SlotsAsync()).ShouldBeEmpty();
        (await StateAsync(tenant, rep)).Current.ShouldBeFalse();
        _status = 200;
        await EventuallySlotsAsync(tenant, 48);
    }

    [Fact]
    public async Task Keep_the_last_good_times_for_a_day_and_then_offer_nothing()
    {
        var (tenant, rep) = await WithFeedAsync("/busy.ics");
        var slots = await tenant.SlotsAsync();
        _calendar = Calendar(Busy(slots[4], slots[6]));
        await EventuallySlotsAsync(tenant, 46);

        _calendar = "<!doctype html><title>Sign in</title>";
        await Eventually.TrueAsync(async () => (await StateAsync(tenant, rep)).Error is not null, "the failure is reported");
        (await tenant.SlotsAsync()).Count.ShouldBe(46);
        (await StateAsync(tenant, rep)).Error!.ShouldContain("calendar");

        await using (var age = _database.OwnerSource.CreateCommand(
            "update busy_feeds set read_at = now() - interval '25 hours' where rep_id = $1"))
        {
            age.Parameters.Add(new() { Value = rep });
            await age.ExecuteNonQueryAsync();
        }

        (await tenant.SlotsAsync()).ShouldBeEmpty();
        (await StateAsync(tenant, rep)).Current.ShouldBeFalse();
        var visitor = await tenant.VisitAsync();
        await (await visitor.TryBookAsync(slots[8].Start)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Not_be_blocked_by_meetings_that_were_booked_here()
    {
        var (tenant, _) = await WithFeedAsync("/busy.ics");
        var slots = await tenant.SlotsAsync();
        var booked = await (await (await tenant.VisitAsync()).TryBookAsync(slots[4].Start)).ToBookedAsync();
        _calendar = Calendar(Busy(slots[4], slots[5]).Replace("UID:x", $"UID:{booked.Id:N}@meetings.widget", StringComparison.Ordinal));
        await NextReadAsync();
        (await tenant.SlotsAsync()).Count.ShouldBe(47);

        await tenant.Developer.PostAsync($"/api/meetings/{booked.Id}/cancel", null);

        (await tenant.SlotsAsync()).Count.ShouldBe(48);
        await NextReadAsync();
        (await tenant.SlotsAsync()).Count.ShouldBe(48);
    }

    [Fact]
    public async Task Be_limited_in_size_and_reach_no_private_address()
    {
        var (huge, rep) = await WithFeedAsync("/huge", waitForRead: false);
        await Eventually.TrueAsync(
            async () => (await StateAsync(huge, rep)).Error == "The feed is larger than 8 MB.",
            "the size is reported");
        var (tenant, other) = await WithFeedAsync("/busy.ics");
        api.Sites.Remove(_address.Authority);
        await Eventually.TrueAsync(
            async () => (await StateAsync(tenant, other)).Error == "The feed's host has no public address.",
            "the refusal is reported");
    }

    [Theory]
    [InlineData("ftp://example.com/a.ics")]
    [InlineData("http://example.com/a.ics")]
    [InlineData("https://user:password@example.com/a.ics")]
    [InlineData("https://127.0.0.1:1/a.ics")]
    [InlineData("webcal://192.168.1.20/a.ics")]
    [InlineData("calendar")]
    public async Task Refuse_an_address_that_is_not_safe(string url)
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var rep = await tenant.AddRepAsync();

        await (await tenant.Developer.PutAsJsonAsync($"/api/reps/{rep}/busy-feed", new { url }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "url");
    }

    [Fact]
    public async Task Take_webcal_for_https_and_be_removed_again()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var rep = await tenant.AddRepAsync();
        await tenant.Developer.PutAsJsonAsync($"/api/reps/{rep}/busy-feed", new { url = "webcal://calendar.invalid/a.ics" });
        // Whoever knows the whole address can read the calendar.
        (await StateAsync(tenant, rep)).Url.ShouldBe("https://calendar.invalid/….ics");
        (await tenant.SlotsAsync()).ShouldBeEmpty();
        await using (var stored = _database.OwnerSource.CreateCommand("select url from busy_feeds where rep_id = $1"))
        {
            stored.Parameters.Add(new() { Value = rep });
            ((string)(await stored.ExecuteScalarAsync())!).ShouldNotContain("a.ics");
        }

        await tenant.Developer.PutAsJsonAsync($"/api/reps/{rep}/busy-feed", new { url = (string?)null });

        (await StateAsync(tenant, rep)).ShouldBe(new BusyFeedState { Current = true });
        (await tenant.SlotsAsync()).Count.ShouldBe(48);
    }

    [Fact]
    public async Task Be_read_again_in_the_reps_new_zone()
    {
        var (tenant, rep) = await WithFeedAsync("/busy.ics");
        var day = (await tenant.SlotsAsync())[0].Start;
        _calendar = Calendar($"BEGIN:VEVENT\r\nUID:x\r\nDTSTART;VALUE=DATE:{day:yyyyMMdd}\r\nEND:VEVENT\r\n");
        await EventuallySlotsAsync(tenant, 0);

        await tenant.Developer.PatchAsJsonAsync($"/api/reps/{rep}", new { timeZone = "Asia/Kathmandu" });

        // The day now ends at 18:15 UTC, and the rep's hours follow it.
        await Eventually.TrueAsync(
            async () => (await tenant.SlotsAsync()) is [{ Start: var first }, ..] && first == day.AddHours(18).AddMinutes(15),
            "the whole day is one of the new zone");
    }

    private async Task<(TestTenant Tenant, Guid Rep)> WithFeedAsync(string path, bool waitForRead = true)
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var rep = await tenant.AddRepAsync();
        var response = await tenant.Developer.PutAsJsonAsync($"/api/reps/{rep}/busy-feed", new { url = new Uri(_address, path) });
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        if (waitForRead)
            await Eventually.TrueAsync(async () => (await StateAsync(tenant, rep)).Current, "the feed has been read");
        return (tenant, rep);
    }

    private async Task NextReadAsync()
    {
        // The second read from now has begun after the change, and the third when it was saved.
        var reads = Volatile.Read(ref _reads);
        await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref _reads) >= reads + 3), "the feed has been read again");
    }

    private static async Task<BusyFeedState> StateAsync(TestTenant tenant, Guid rep) =>
        (await tenant.Developer.GetFromJsonAsync<BusyFeedState>($"/api/reps/{rep}/busy-feed", TestTenant.Json))!;

    private static Task EventuallySlotsAsync(TestTenant tenant, int count) =>
        Eventually.TrueAsync(async () => (await tenant.SlotsAsync()).Count == count, $"there are {count} free times");

    private static string Busy(MeetingSlot from, MeetingSlot to) =>
        $"BEGIN:VEVENT\r\nUID:x\r\nDTSTART:{from.Start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}\r\n"
            + $"DTEND:{to.Start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}\r\nEND:VEVENT\r\n";

    private static string Calendar(string entries) => $"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{entries}END:VCALENDAR\r\n";
}

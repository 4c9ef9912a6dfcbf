using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MimeKit;
using Widget.Api.Limits;
using Widget.Api.Mail;
using Widget.Contracts;

namespace Widget.Api.Tests.Meetings;

/// <summary>Reps, slots and bookings as callers of the API see them.</summary>
internal static class MeetingWorld
{
    /// <summary>Every day, all day, so that there is always a free time.</summary>
    public static object[] Always { get; } =
    [
        .. Enum.GetNames<WeekDay>().Select(day => new { day = day.ToLowerInvariant(), from = "00:00", to = "24:00" }),
    ];

    /// <summary>A node whose e-mails go to a receiver.</summary>
    public static Task<ApiNode> StartNodeAsync(ApiFixture api, Uri? mail, LimitOptions? limits = null) => ApiNode.StartAsync(
        api.Database,
        limits: limits,
        configure: options => mail is null
            ? options
            : options with
            {
                Mail = new MailOptions
                {
                    Server = mail,
                    From = new MailboxAddress("Widget", "chat@widget.example"),
                    FirstPause = TimeSpan.FromMilliseconds(200),
                },
            });

    public static async Task<Guid> AddRepAsync(
        this TestTenant tenant,
        string name = "Grace Hopper",
        string zone = "UTC",
        object? hours = null)
    {
        var email = $"{name.Split(' ')[0].ToLowerInvariant()}@shop.example";
        var created = await tenant.Developer.PostAsJsonAsync("/api/reps", new { name, email, timeZone = zone });
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var rep = (await created.Content.ReadFromJsonAsync<Rep>(TestTenant.Json))!;
        var saved = await tenant.Developer.PutAsJsonAsync(
            $"/api/reps/{rep.Id}/hours",
            hours ?? new { weekly = Always, slotMinutes = 30 });
        saved.StatusCode.ShouldBe(HttpStatusCode.OK, await saved.Content.ReadAsStringAsync());
        return rep.Id;
    }

    /// <summary>Free times, by default those of the day after tomorrow, which no minimum notice reaches.</summary>
    public static async Task<IReadOnlyList<MeetingSlot>> SlotsAsync(this TestTenant tenant, string? query = null) =>
        (await tenant.Developer.GetFromJsonAsync<MeetingSlots>($"/api/meetings/slots?{query ?? SomeDay()}", TestTenant.Json))!.Slots;

    public static async Task<IReadOnlyList<MeetingSlot>> SlotsAsync(this TestVisitor visitor, string? query = null) =>
        (await visitor.Client.GetFromJsonAsync<MeetingSlots>($"/api/widget/meetings/slots?{query ?? SomeDay()}", TestTenant.Json))!.Slots;

    public static string SomeDay(int days = 2)
    {
        var day = DateTimeOffset.UtcNow.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $"from={day}&to={day}";
    }

    public static Task<HttpResponseMessage> TryBookAsync(
        this TestVisitor visitor,
        DateTimeOffset start,
        string key = "1",
        string email = "ada@example.com",
        Guid? rep = null,
        string? name = "Ada Lovelace",
        string? note = null,
        string? locale = null,
        string timeZone = "Europe/Berlin",
        string? consent = null) =>
        visitor.Client.PostAsJsonAsync(
            "/api/widget/meetings",
            new
            {
                conversationId = visitor.Session.ConversationId,
                slotStart = start,
                rep,
                name,
                email,
                note,
                consent,
                locale,
                timeZone,
                idempotencyKey = key,
            });

    public static async Task<BookedMeeting> ToBookedAsync(this HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<BookedMeeting>(TestTenant.Json))!;
    }

    /// <summary>The free times of a refusal.</summary>
    public static async Task<IReadOnlyList<MeetingSlot>> ToOthersAsync(this HttpResponseMessage response)
    {
        await response.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("code").GetString().ShouldBe("slot_taken");
        return problem.RootElement.GetProperty("slots").Deserialize<MeetingSlot[]>(TestTenant.Json)!;
    }

    public static async Task<MeetingPage> MeetingsAsync(this TestTenant tenant, string query = "") =>
        (await tenant.Developer.GetFromJsonAsync<MeetingPage>($"/api/meetings{query}", TestTenant.Json))!;

    public static async Task<Meeting> ToMeetingAsync(this HttpResponseMessage response)
    {
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<Meeting>(TestTenant.Json))!;
    }
}

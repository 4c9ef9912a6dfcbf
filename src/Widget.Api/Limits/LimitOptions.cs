using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Widget.Api.Configuration;

namespace Widget.Api.Limits;

/// <summary>The rate limits. Each counts by its own key, such as the visitor or the client's address.</summary>
public enum Limit
{
    /// <summary>Sessions, by client address and site key.</summary>
    Sessions,

    /// <summary>Sessions of a tenant as a whole.</summary>
    TenantSessions,

    /// <summary>Messages, by visitor.</summary>
    Messages,

    /// <summary>Messages of a tenant as a whole.</summary>
    TenantMessages,

    /// <summary>All requests of a visitor's page, by visitor.</summary>
    VisitorRequests,

    /// <summary>Calls of the API, by API key.</summary>
    ApiCalls,

    /// <summary>Searches, by API key.</summary>
    Searches,

    /// <summary>Uploads and imports, by API key.</summary>
    Uploads,

    /// <summary>Chat completions, by model key or API key.</summary>
    Completions,

    /// <summary>E-mailed transcripts, by conversation and by recipient.</summary>
    Transcripts,

    /// <summary>E-mailed transcripts, by client address.</summary>
    AddressTranscripts,

    /// <summary>E-mailed transcripts of a tenant as a whole.</summary>
    TenantTranscripts,

    /// <summary>Requests for a person, by conversation.</summary>
    PersonRequests,

    /// <summary>Requests for a person of a tenant as a whole.</summary>
    TenantPersonRequests,

    /// <summary>Requests for a person, contact details and bookings, by client address.</summary>
    AddressActions,

    /// <summary>Reports of proactive messages, by client address.</summary>
    AddressReports,

    /// <summary>Contact details given or declined, and answers to qualification questions, by conversation.</summary>
    Contacts,

    /// <summary>Contact details given or declined, and answers to qualification questions, of a tenant as a whole.</summary>
    TenantContacts,

    /// <summary>Queries for free times of meetings, by visitor and by meeting.</summary>
    MeetingSlots,

    /// <summary>Meetings that visitors book or change, by conversation, by recipient and by meeting.</summary>
    Meetings,

    /// <summary>Meetings that visitors book, of a tenant as a whole.</summary>
    TenantMeetings,

    /// <summary>Files that visitors upload, by visitor.</summary>
    Attachments,

    /// <summary>Files that visitors upload, of a tenant as a whole.</summary>
    TenantAttachments,

    /// <summary>Sign-ins, new passwords and other requests that could guess a credential of an account, by client address.</summary>
    SignIns,

    /// <summary>E-mails to an account, by the account's e-mail address.</summary>
    AccountMails,

    /// <summary>Requests without a credential, or with one that is not valid, by client address.</summary>
    Anonymous,
}

/// <summary>
/// A token bucket: it holds <paramref name="Count"/> and refills evenly, from empty to full within <paramref name="Period"/>.
/// </summary>
public sealed partial record Rate(int Count, TimeSpan Period)
{
    public const int MaxCount = 1_000_000;

    /// <summary>The time after which another token is added.</summary>
    public TimeSpan RefillInterval => Period / Count;

    public static Rate PerMinutes(int count, int minutes = 1) => new(count, TimeSpan.FromMinutes(minutes));

    /// <summary>Parses <c>300/2m</c>: a count, and a period in seconds, minutes or hours. Returns null if the text is not a rate.</summary>
    public static Rate? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match) return null;
        if (!int.TryParse(match.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
        if (count is < 1 or > MaxCount) return null;
        var units = match.Groups["units"].Value is { Length: > 0 } written ? int.Parse(written, CultureInfo.InvariantCulture) : 1;
        var period = match.Groups["unit"].Value switch
        {
            "s" => TimeSpan.FromSeconds(units),
            "m" => TimeSpan.FromMinutes(units),
            _ => TimeSpan.FromHours(units),
        };
        return period > TimeSpan.Zero && period <= TimeSpan.FromDays(1) ? new Rate(count, period) : null;
    }

    [GeneratedRegex(@"^(?<count>\d{1,7})/(?<units>\d{0,5})(?<unit>[smh])$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}

/// <summary>Rate limits (WIDGET_LIMIT_…). A limit without a rate is off.</summary>
public sealed record LimitOptions
{
    /// <summary>No limits.</summary>
    public static LimitOptions None { get; } = new() { Rates = new Dictionary<Limit, Rate?>() };

    /// <summary>
    /// The defaults allow an office of several hundred people behind one address to open its chats at once, and stop a program that opens
    /// thousands.
    /// </summary>
    public static IReadOnlyDictionary<Limit, Rate?> Defaults { get; } = new Dictionary<Limit, Rate?>
    {
        [Limit.Sessions] = Rate.PerMinutes(800, 8),
        [Limit.TenantSessions] = Rate.PerMinutes(3_000, 5),
        [Limit.Messages] = Rate.PerMinutes(20),
        [Limit.TenantMessages] = Rate.PerMinutes(1_200),
        [Limit.VisitorRequests] = Rate.PerMinutes(240),
        [Limit.ApiCalls] = Rate.PerMinutes(1_200),
        [Limit.Searches] = Rate.PerMinutes(300),
        [Limit.Uploads] = Rate.PerMinutes(300),
        [Limit.Completions] = Rate.PerMinutes(300),
        [Limit.Transcripts] = Rate.PerMinutes(5, 60),
        [Limit.AddressTranscripts] = Rate.PerMinutes(20, 60),
        [Limit.TenantTranscripts] = Rate.PerMinutes(300, 60),
        [Limit.PersonRequests] = Rate.PerMinutes(10, 60),
        [Limit.TenantPersonRequests] = Rate.PerMinutes(600, 60),
        [Limit.AddressActions] = Rate.PerMinutes(120, 60),
        [Limit.AddressReports] = Rate.PerMinutes(300, 5),
        [Limit.Contacts] = Rate.PerMinutes(20, 60),
        [Limit.TenantContacts] = Rate.PerMinutes(1_200, 60),
        [Limit.MeetingSlots] = Rate.PerMinutes(60),
        [Limit.Meetings] = Rate.PerMinutes(10, 60),
        [Limit.TenantMeetings] = Rate.PerMinutes(600, 60),
        [Limit.Attachments] = Rate.PerMinutes(30, 60),
        [Limit.TenantAttachments] = Rate.PerMinutes(1_200, 60),
        [Limit.SignIns] = Rate.PerMinutes(100, 10),
        [Limit.AccountMails] = Rate.PerMinutes(5, 60),
        [Limit.Anonymous] = Rate.PerMinutes(600),
    };

    public IReadOnlyDictionary<Limit, Rate?> Rates { get; init; } = Defaults;

    public Rate? Of(Limit limit) => Rates.GetValueOrDefault(limit);

    /// <summary>A copy in which one limit has another rate; null removes the limit.</summary>
    public LimitOptions With(Limit limit, Rate? rate) => this with { Rates = new Dictionary<Limit, Rate?>(Rates) { [limit] = rate } };

    internal static LimitOptions Read(Variables variables)
    {
        var limits = new LimitOptions();
        foreach (var limit in Enum.GetValues<Limit>())
        {
            // For example WIDGET_LIMIT_TENANT_MESSAGES for TenantMessages.
            var name = "WIDGET_LIMIT_" + JsonNamingPolicy.SnakeCaseUpper.ConvertName(limit.ToString());
            if (variables.Text(name) is not { } text) continue;
            var rate = Rate.Parse(text);
            if (rate is null && text != "off")
                variables.Errors.Add($"{name} is \"{text}\". Write a count and a time, such as 300/2m (s, m or h), or off.");
            limits = limits.With(limit, rate);
        }

        return limits;
    }
}

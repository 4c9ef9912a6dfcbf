using System.Globalization;
using Widget.Contracts;

namespace Widget.Benchmarks.Pages;

/// <summary>A page of the console and what it asks the API for its first data.</summary>
/// <param name="Name">The page, and what is done on it.</param>
/// <param name="Requests">Paths, in the order in which the page sends them.</param>
internal sealed record ConsolePage(string Name, params IReadOnlyList<string> Requests)
{
    /// <summary>The body of a <c>POST</c>; null for <c>GET</c>.</summary>
    public object? Body { get; init; }

    /// <summary>Whether the goal applies. False for views that are asked for and take longer.</summary>
    public bool IsFirstData { get; init; } = true;
}

/// <summary>
/// All pages of the console with the requests that their components send, and what people do on them that reads as much: searches, filters
/// and the other views. Ids are those of ConsoleData.sql.
/// </summary>
internal static class ConsolePages
{
    private const string Conversation = "/api/inbox/00000003-0000-0000-0000-000000000300";
    private const string Lead = "/api/leads/00000004-0000-0000-0000-000000000150";
    private const string Document = "/api/knowledge/documents/00000011-0000-0000-0000-000000000777";
    private const string Source = "/api/knowledge/sources/00000009-0000-0000-0000-000000000007";
    private const string Run = "/api/evaluation/runs/00000013-0000-0000-0000-000000000001";
    private const string EarlierRun = "00000013-0000-0000-0000-000000000002";
    private const string Rep = "00000001-0000-0000-0000-000000000003";

    /// <param name="now">The time of the measurement.</param>
    public static IReadOnlyList<ConsolePage> At(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var month = new DateOnly(today.Year, today.Month, 1);
        var thisMonth = Period(month, month.AddMonths(1).AddDays(-1));
        var lastMonth = Period(month.AddMonths(-1), month.AddDays(-1));
        var last30 = Period(today.AddDays(-29), today);
        var summary = $"/api/analytics/summary?{last30}&timeZone=Europe%2FBerlin";
        var figures = $"/api/analytics/conversations?{last30}&timeZone=Europe%2FBerlin&limit=20";
        return
        [
            new("all pages: who the viewer is", "/api/accounts/me"),
            new(
                "overview",
                "/api/knowledge/sources",
                "/api/settings",
                "/api/settings/installations",
                "/api/team",
                "/api/inbox/counts",
                "/api/inbox?state=waiting&limit=1",
                "/api/leads?tier=hot&owner=none&limit=10",
                $"/api/meetings?from={Time(midnight)}&to={Time(midnight.AddDays(1))}",
                $"/api/analytics/unanswered?from={Time(midnight.AddDays(-7))}&limit=1",
                "/api/webhooks",
                $"/api/analytics/summary?{Period(today.AddDays(-13), today.AddDays(-7))}&timeZone=Europe%2FBerlin&by=day",
                $"/api/analytics/summary?{Period(today.AddDays(-6), today)}&timeZone=Europe%2FBerlin&by=day"),
            new("onboarding", "/api/settings/site-keys", "/api/knowledge/sources?kind=site&limit=1", "/api/settings/origins"),
            new("inbox", "/api/reps", $"/api/inbox/counts?rep={Rep}", $"/api/inbox?state=waiting&rep={Rep}&limit=30"),
            .. new[] { "mine", "open", "snoozed", "closed", "assistant", "spam" }.Select(
                state => new ConsolePage($"inbox, {state}", $"/api/inbox?state={state}&rep={Rep}&limit=30")),
            .. new[]
            {
                ("a name", "closed", "visitor 471"),
                ("a frequent word", "closed", "refund"),
                ("a rare word", "closed", "warranty"),
                ("a rare word, in another list", "assistant", "warranty"),
                ("nothing", "closed", "zzzznothing"),
                ("two letters", "closed", "qz"),
            }.Select(search => new ConsolePage(
                $"inbox, search for {search.Item1}",
                $"/api/inbox?state={search.Item2}&rep={Rep}&query={Uri.EscapeDataString(search.Item3)}&limit=30")),
            new(
                "inbox, a conversation",
                $"{Conversation}?rep={Rep}&after=0",
                $"{Conversation}?after={int.MaxValue}",
                $"{Conversation}/visitor",
                Lead,
                "/api/inbox/presence",
                "/api/inbox/canned",
                "/api/leads/qualification",
                "/api/webrtc/config"),
            new("inbox, canned replies", "/api/inbox/canned"),
            new("leads", "/api/leads/views", "/api/reps", "/api/leads/fields", "/api/leads/counts", "/api/leads?sort=newest&limit=25"),
            new("leads, oldest", "/api/leads?sort=oldest&limit=25"),
            new("leads, by score", "/api/leads?sort=score&limit=25"),
            new("leads, hot", "/api/leads?tier=hot&sort=score&limit=25"),
            new("leads, hot without an owner", "/api/leads?tier=hot&owner=none&limit=25"),
            new("leads, of one owner", $"/api/leads?owner={Rep}&sort=newest&limit=25"),
            new("leads, of a month", $"/api/leads?from={Time(now.AddDays(-90))}&to={Time(now.AddDays(-60))}&limit=25"),
            new("leads, with a value of an own field", "/api/leads?field=budget%3Ahigh&limit=25"),
            new("leads, search for a name", "/api/leads?query=lead%20471&limit=25"),
            new("leads, search for nothing", "/api/leads?query=zzzznothing&limit=25"),
            new(
                "leads, board",
                [.. new[] { "hot", "warm", "cold", "none" }.Select(tier => $"/api/leads?tier={tier}&sort=score&limit=20")]),
            new("leads, a lead", Lead, "/api/reps", "/api/leads/fields", $"{Lead}/timeline?limit=30", "/api/leads/qualification"),
            new("leads, settings", "/api/leads/fields", "/api/leads/qualification"),
            new("search anywhere", "/api/leads?query=lead%20471&limit=6"),
            new(
                "meetings",
                "/api/reps",
                $"/api/meetings?from={Time(midnight.AddDays(-3))}&to={Time(midnight.AddDays(4))}&limit=200"),
            new("meetings, list", $"/api/meetings?from={Time(now.AddHours(-1))}&limit=100"),
            new("meetings, past", $"/api/meetings?from={Time(now.AddDays(-90))}&to={Time(now)}&limit=100"),
            new("meetings, reps", "/api/reps", $"/api/reps/{Rep}/hours", $"/api/reps/{Rep}/busy-feed"),
            new("recordings", "/api/video/recordings"),
            new("recordings, a recording", "/api/video/recordings/00000007-0000-0000-0000-000000000007"),
            new("analytics", $"{summary}&by=day", $"/api/analytics/triggers?{last30}"),
            new("analytics, by mode", $"{summary}&by=mode"),
            new("analytics, by page", $"{summary}&by=page"),
            new("analytics, by agent", $"{summary}&by=agent"),
            new("analytics, 90 days", $"/api/analytics/summary?{Period(today.AddDays(-89), today)}&timeZone=Europe%2FBerlin&by=day")
            {
                IsFirstData = false,
            },
            new("analytics, a year", $"/api/analytics/summary?{Period(today.AddDays(-364), today)}&timeZone=Europe%2FBerlin&by=day")
            {
                IsFirstData = false,
            },
            new("analytics, conversations of a figure", $"{figures}&figure=leads"),
            new("analytics, conversations of a tier", $"{figures}&figure=tier.hot"),
            new("analytics, conversations of a usage", $"{figures}&figure=usage.answer"),
            new("knowledge", "/api/knowledge/sources?limit=50", "/api/knowledge/embedding", "/api/knowledge/documents/failed?limit=25"),
            new("knowledge, a source", Source, $"/api/knowledge/documents/failed?source={Source[^36..]}&limit=25"),
            new("knowledge, documents", "/api/knowledge/sources?limit=200", "/api/knowledge/documents?offset=0&limit=25"),
            new("knowledge, search for documents", "/api/knowledge/documents?query=page%2047&offset=0&limit=25"),
            new("knowledge, a document", Document, $"{Document}/chunks?limit=50"),
            new("knowledge, check a page", "/api/knowledge/pages/check?url=https%3A%2F%2Fsite7.example%2F6"),
            new("knowledge, answers", "/api/knowledge/answers?limit=50"),
            new("knowledge, demos", "/api/knowledge/demos?limit=50"),
            new("knowledge, prices", "/api/prices"),
            new(
                "knowledge, unanswered questions",
                $"/api/analytics/unanswered?from={Day(today.AddDays(-29))}&timeZone=Europe%2FBerlin&limit=50"),
            new("playground", "/api/settings"),
            new("evaluation", "/api/evaluation/runs?limit=50"),
            new("evaluation, questions", "/api/evaluation/questions?limit=50"),
            new("evaluation, a run", Run),
            new("evaluation, a comparison", "/api/evaluation/runs?limit=50", $"{Run}/diff?to={EarlierRun}"),
            new("agents", "/api/agents?limit=50", "/api/agents/catalogues", "/api/settings"),
            new("agents, search", "/api/agents?search=agent%2047&limit=50"),
            new(
                "widget",
                "/api/settings",
                "/api/modes",
                "/api/settings/site-keys",
                "/api/settings/origins",
                "/api/settings/installations",
                "/api/settings/identity-secret",
                "/api/analytics/triggers",
                "/api/leads/qualification"),
            new("tools", "/api/tools", "/api/tools/http", "/api/tools/mcp", "/api/tools/calls?limit=50"),
            new(
                "integrations",
                "/api/models/chat",
                "/api/models/embedding",
                "/api/tavus/key",
                "/api/speech/key",
                "/api/voice/key",
                "/api/livekit/account",
                "/api/crm",
                "/api/settings"),
            new("webhooks", "/api/webhooks", "/api/webhooks/00000006-0000-0000-0000-000000000001/deliveries?limit=25"),
            new("usage", "/api/usage", $"/api/analytics/summary?{thisMonth}", $"/api/analytics/summary?{lastMonth}", "/api/settings"),
            new("team", "/api/team"),
            new("keys", "/api/keys", "/api/keys/model"),
            new("privacy", "/api/privacy/retention", "/api/settings/operator-access"),
            new("privacy, a person by address", "/api/privacy/person")
            {
                Body = new PersonalDataRequest { Email = "lead471@c471.example" },
            },
            new("privacy, a person by phone number", "/api/privacy/person")
            {
                Body = new PersonalDataRequest { Phone = "+493010000471" },
            },
            new("audit", "/api/audit"),
            new("audit, search", "/api/audit?query=member17"),
            new("account", "/api/accounts/me", "/api/accounts/me/sessions"),
            new("operator, companies", "/api/operator/tenants"),
            new("operator, jobs", "/api/operator/jobs"),
            new("operator, health", "/api/operator/health"),
            new("operator, providers", "/api/operator/providers"),
        ];
    }

    private static string Period(DateOnly from, DateOnly to) => $"from={Day(from)}&to={Day(to)}";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) =>
        Uri.EscapeDataString(time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
}

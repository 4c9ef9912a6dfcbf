using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using NodaTime;
using Widget.Api.Meetings.Mails;

namespace Widget.Api.Meetings.Page;

/// <summary>
/// Renders the page on which a visitor sees, cancels and moves a meeting. It consists of plain forms and needs no JavaScript.
/// </summary>
internal sealed class ManagePage(MeetingWords words, string company)
{
    // The tokens are those of the widget's panel.
    private const string Style =
        """
        :root{color-scheme:light dark;--bg:#fff;--canvas:#f5f6f8;--raised:#f1f3f6;--text:#14171c;--muted:#575f6d;--line:#e2e5ea;
        --strong:#c6ccd5;--accent:#2f5bea;--on:#fff;--ink:#2f5bea;--soft:#eaeffd;
        --shadow:0 16px 48px rgb(15 20 30/.12),0 2px 8px rgb(15 20 30/.06)}
        @media (prefers-color-scheme:dark){:root{--bg:#16181d;--canvas:#101216;--raised:#262a32;--text:#f1f3f7;--muted:#aab2bf;
        --line:#2f343d;--strong:#515a68;--ink:#8ba6f8;--soft:#1d2436;--shadow:0 0 0 1px rgb(255 255 255/.08)}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;padding:48px 16px;background:var(--canvas);color:var(--text);
        font:400 16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic',sans-serif}
        main{max-width:520px;margin:0 auto;padding:32px;border-radius:20px;background:var(--bg);box-shadow:var(--shadow);
        overflow-wrap:anywhere}
        h1{margin:4px 0 20px;font-size:24px;line-height:30px}
        h2{margin:24px 0 8px;font-size:15px;line-height:20px}
        p{margin:0 0 16px}
        .company{margin:0;color:var(--muted);font-size:14px}
        .meeting{margin:0 0 24px;padding:16px;border:1px solid var(--line);border-radius:16px}
        .time{font-weight:600}
        .notice{padding:12px 16px;border-radius:12px;background:var(--soft)}
        button,.button,summary{display:inline-flex;align-items:center;min-height:44px;padding:8px 18px;border:1px solid var(--strong);
        border-radius:22px;background:var(--bg);color:var(--ink);font:inherit;font-size:15px;font-weight:500;text-decoration:none;
        cursor:pointer}
        button:hover,.button:hover,summary:hover{background:var(--raised)}
        .primary,button.strong{border-color:var(--accent);background:var(--accent);color:var(--on)}
        .primary:hover,button.strong:hover{background:var(--accent);filter:brightness(1.08)}
        summary{list-style:none}
        summary::-webkit-details-marker{display:none}
        :focus-visible{outline:2px solid var(--ink);outline-offset:2px}
        .actions{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start}
        details form{margin-top:12px}
        .more{margin-top:24px}
        .times{display:grid;grid-template-columns:repeat(auto-fill,minmax(96px,1fr));gap:8px}
        .times button{justify-content:center;border-radius:12px;font-weight:600;font-variant-numeric:tabular-nums}
        @media (max-width:560px){body{padding:0;background:var(--bg)}main{padding:24px 20px;border-radius:0;box-shadow:none}}
        """;

    /// <summary>The page's content security policy.</summary>
    public static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>The page for an address without a meeting.</summary>
    public static string NotFound(MeetingWords words) =>
        new ManagePage(words, company: "").Document(words.UnknownTitle, $"<p>{Encode(words.Unknown)}</p>");

    /// <summary>Renders the meeting with what can be done.</summary>
    /// <param name="meeting">The meeting.</param>
    /// <param name="repName">The rep.</param>
    /// <param name="path">The page's path.</param>
    /// <param name="now">The current time.</param>
    /// <param name="notice">What has just happened, or why it could not; null for nothing.</param>
    public string Show(MeetingRow meeting, string repName, string path, Instant now, string? notice)
    {
        var start = Instant.FromDateTimeOffset(meeting.StartsAt);
        var body = new StringBuilder();
        var state = meeting.IsCancelled ? words.IsCancelled : start <= now ? words.HasStarted : notice;
        if (state is not null) body.Append($"<p class=\"notice\" role=\"status\">{Encode(state)}</p>\n");
        AddMeeting(body, meeting, repName);
        if (!meeting.IsCancelled && start > now)
        {
            body.Append(
                $"""
                <div class="actions">
                <a class="button primary" href="{path}?move=1">{Encode(words.Move)}</a>
                <a class="button" href="{path}/calendar.ics">{Encode(words.AddToCalendar)}</a>
                <details><summary>{Encode(words.CancelMeeting)}</summary>
                <form method="post" action="{path}">
                <button class="strong" name="action" value="cancel">{Encode(words.ConfirmCancel)}</button>
                </form>
                </details>
                </div>

                """);
        }

        return Document(words.PageTitle, body.ToString());
    }

    /// <summary>Renders the times to which the meeting can be moved, as buttons.</summary>
    /// <param name="meeting">The meeting.</param>
    /// <param name="repName">The rep.</param>
    /// <param name="path">The page's path.</param>
    /// <param name="slots">The free times, earliest first.</param>
    /// <param name="later">The first day of later times; null if there are none.</param>
    /// <param name="notice">Why a choice was not possible; null for nothing.</param>
    public string Choose(
        MeetingRow meeting,
        string repName,
        string path,
        IReadOnlyList<Interval> slots,
        LocalDate? later,
        string? notice)
    {
        var body = new StringBuilder();
        if (notice is not null) body.Append($"<p class=\"notice\" role=\"status\">{Encode(notice)}</p>\n");
        AddMeeting(body, meeting, repName);
        if (slots.Count == 0) body.Append($"<p>{Encode(words.NoTimes)}</p>\n");
        body.Append($"<form method=\"post\" action=\"{path}\"><input type=\"hidden\" name=\"action\" value=\"move\">\n");
        foreach (var day in slots.Select(slot => slot.Start.InZone(meeting.Zone)).GroupBy(start => start.Date))
        {
            body.Append($"<h2>{Encode(words.Day(day.Key))}</h2>\n<div class=\"times\">");
            foreach (var start in day)
            {
                var value = start.ToInstant().ToString("uuuu-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                body.Append($"<button name=\"slot\" value=\"{value}\"><bdi>{MeetingWords.Clock(start)}</bdi></button>");
            }

            body.Append("</div>\n");
        }

        body.Append("</form>\n<div class=\"actions more\">");
        if (later is { } next)
        {
            var date = next.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
            body.Append($"<a class=\"button\" href=\"{path}?move=1&amp;from={date}\">{Encode(words.Later)}</a>\n");
        }

        body.Append($"<a class=\"button\" href=\"{path}\">{Encode(words.Keep)}</a></div>\n");
        return Document(words.ChooseTime, body.ToString());
    }

    private void AddMeeting(StringBuilder body, MeetingRow meeting, string repName)
    {
        var (start, end) = (Instant.FromDateTimeOffset(meeting.StartsAt), Instant.FromDateTimeOffset(meeting.EndsAt));
        body.Append($"<p class=\"meeting\">{Encode(MeetingWords.Fill(words.With, repName, company))}<br>\n")
            .Append($"<span class=\"time\"><bdi>{Encode(words.Time(start, end, meeting.Zone))}</bdi></span></p>\n");
    }

    private string Document(string title, string body) =>
        $"""
        <!doctype html>
        <html lang="{words.Locale}" dir="{words.Direction}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>{Encode(title)}</title>
        <link rel="icon" href="data:,">
        <style>{Style}</style>
        </head>
        <body><main>
        <p class="company">{Encode(company)}</p>
        <h1>{Encode(title)}</h1>
        {body}</main></body>
        </html>
        """;

    private static string Encode(string text) => Encoder.Encode(text);
}

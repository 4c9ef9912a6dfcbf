using System.Diagnostics;
using OpenTelemetry;

namespace Widget.Api.Telemetry;

/// <summary>
/// Removes sensitive data from all spans, regardless of the library that recorded it: paths and query strings (they contain tokens),
/// client addresses and user agents, SQL texts, and error messages, which quote input. Database commands outside of a trace are dropped:
/// they are the workers' polling queries, several a second.
/// </summary>
internal sealed class SpanScrubber : BaseProcessor<Activity>
{
    private static readonly string[] Removed =
    [
        "url.path", "url.query", "url.full", "http.url", "http.target", "user_agent.original",
        "client.address", "network.peer.address", "network.peer.port",
        "db.query.text", "db.statement", "db.npgsql.connection_id", "db.npgsql.data_source",
    ];

    private readonly ActivityListener _exceptions = new()
    {
        ShouldListenTo = static _ => true,
        // The message may quote input, so it is left out. A tag that is set here is not set again from the exception.
        ExceptionRecorder = static (Activity _, Exception exception, ref TagList tags) =>
        {
            tags.Add("exception.message", "");
            tags.Add("exception.stacktrace", exception.StackTrace ?? "");
        },
    };

    public SpanScrubber() => ActivitySource.AddActivityListener(_exceptions);

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == "Npgsql" && data.ParentSpanId == default)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        foreach (var tag in Removed)
            if (data.GetTagItem(tag) is not null) data.SetTag(tag, null);
        if (data.StatusDescription is not null) data.SetStatus(data.Status);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _exceptions.Dispose();
        base.Dispose(disposing);
    }
}

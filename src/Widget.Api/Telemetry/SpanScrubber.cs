using System.Diagnostics;
using OpenTelemetry;

namespace Widget.Api.Telemetry;

/// <summary>
/// Takes out of spans what must not leave the node, whichever library put it there: paths and queries (they carry tokens), who the visitor is, texts of
/// SQL statements, and words of errors, which quote what was sent. Database commands outside of any trace are dropped: they are the workers that look
/// for work, several a second.
/// </summary>
internal sealed class SpanScrubber : BaseProcessor<Activity>
{
    private static readonly string[] Removed =
    [
        "url.path", "url.query", "url.full", "http.url", "http.target", "user_agent.original", "client.address", "network.peer.address", "network.peer.port",
        "db.query.text", "db.statement", "db.npgsql.connection_id", "db.npgsql.data_source",
    ];

    private readonly ActivityListener _exceptions = new()
    {
        ShouldListenTo = static _ => true,
        // Its type and place say enough. What is set here is not set again from the exception.
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

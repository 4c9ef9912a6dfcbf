using System.Diagnostics;
using System.Diagnostics.Metrics;
using Widget.Rag.Telemetry;

namespace Widget.Rag.Ingestion;

/// <summary>Spans and metrics of ingestion.</summary>
internal static class IngestionTelemetry
{
    private static readonly Histogram<double> JobDuration = RagTelemetry.Seconds(
        "widget.ingestion.job.duration",
        "Time from the creation of an ingestion job to its end, by outcome.",
        1, 5, 15, 60, 300, 900, 3600, 14400, 86400);

    private static readonly Histogram<double> DocumentDuration = RagTelemetry.Seconds(
        "widget.ingestion.document.duration", "How long reading and splitting one document took.", 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300);

    private static readonly Counter<long> Documents = RagTelemetry.Meter.CreateCounter<long>(
        "widget.ingestion.documents", "{document}", "Documents that ingestion has processed, by outcome.");

    /// <summary>Starts the span of a job's time slice.</summary>
    public static Activity? StartTimeSlice(JobLease lease) =>
        RagTelemetry.Source.StartActivity("ingest")?.SetTag("widget.job.id", lease.Job.Value);

    public static void DocumentRead(TimeSpan took) => DocumentDuration.Record(took.TotalSeconds);

    public static void DocumentsEnded(int ready, int failed)
    {
        if (ready > 0) Documents.Add(ready, Outcome("ready"));
        if (failed > 0) Documents.Add(failed, Outcome("failed"));
    }

    public static void JobEnded(TimeSpan took, bool failed) => JobDuration.Record(took.TotalSeconds, Outcome(failed ? "failed" : "ready"));

    private static KeyValuePair<string, object?> Outcome(string outcome) => new(RagTelemetry.Outcome, outcome);
}

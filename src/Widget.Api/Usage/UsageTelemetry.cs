using System.Diagnostics.Metrics;

namespace Widget.Api.Usage;

/// <summary>Metrics of usage that is billed by time.</summary>
internal static class UsageTelemetry
{
    public const string Name = "Widget.Usage";

    private static readonly Meter Meter = new(Name);

    // The sum of this histogram is the total time, its count the number of calls.
    private static readonly Histogram<double> CallDuration = Meter.CreateHistogram(
        "widget.call.duration",
        "s",
        "How long calls lasted, by mode (voice or video).",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600] });

    /// <summary>Records the duration of a call. Ignores other kinds of usage.</summary>
    public static void RecordCall(string kind, int seconds)
    {
        if (kind is UsageMeter.Voice or UsageMeter.Video)
            CallDuration.Record(seconds, new KeyValuePair<string, object?>("widget.call.mode", kind));
    }
}

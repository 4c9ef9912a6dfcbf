using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Widget.Rag.Telemetry;

/// <summary>
/// The source of the spans and metrics of search and ingestion. Without a listener, they cost nothing. Their attributes contain only
/// numbers and names from a fixed set, never questions, passages, addresses or keys.
/// </summary>
public static class RagTelemetry
{
    /// <summary>Name of the activity source and the meter.</summary>
    public const string Name = "Widget.Rag";

    internal const string Outcome = "widget.outcome";
    internal const string Model = "gen_ai.request.model";

    internal static readonly ActivitySource Source = new(Name);

    internal static readonly Meter Meter = new(Name);

    internal static Histogram<double> Seconds(string name, string description, params double[] boundaries) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}

using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Widget.Rag.Telemetry;

/// <summary>
/// What spans and metrics of search and ingestion share. They cost nothing until something listens. Attributes hold names from a fixed set and numbers: no
/// question, passage, address or key.
/// </summary>
public static class RagTelemetry
{
    /// <summary>The name of the activity source and the meter.</summary>
    public const string Name = "Widget.Rag";

    internal const string Outcome = "widget.outcome";
    internal const string Model = "gen_ai.request.model";

    internal static readonly ActivitySource Source = new(Name);

    internal static readonly Meter Meter = new(Name);

    internal static Histogram<double> Seconds(string name, string description, params double[] boundaries) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Widget.Api.Tests.Telemetry;

/// <summary>The spans that a node exports, as they leave it.</summary>
internal sealed class KeptSpans : BaseExporter<Activity>
{
    private readonly ConcurrentQueue<Activity> _spans = [];

    public IReadOnlyList<Activity> All => [.. _spans];

    public static Action<IServiceCollection> Of(KeptSpans kept) =>
        services => services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddProcessor(new SimpleActivityExportProcessor(kept)));

    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch) _spans.Enqueue(span);
        return ExportResult.Success;
    }

    /// <summary>The trace of a span, once it holds some spans.</summary>
    public async Task<IReadOnlyList<Activity>> TraceAsync(Func<Activity, bool> of, params string[] with)
    {
        IReadOnlyList<Activity> trace = [];
        await Eventually.TrueAsync(
            () =>
            {
                var found = All.LastOrDefault(of);
                trace = found is null ? [] : [.. All.Where(span => span.TraceId == found.TraceId)];
                return Task.FromResult(with.All(name => trace.Any(span => span.DisplayName == name)));
            },
            $"a trace with {string.Join(", ", with)}; there are {string.Join(", ", All.Select(span => span.DisplayName).Distinct())}");
        return trace;
    }
}

internal static class SpanTree
{
    public static Activity Named(this IReadOnlyList<Activity> trace, string name) =>
        trace.Where(span => span.DisplayName == name)
            .ShouldHaveSingleItem($"{name} in {string.Join(", ", trace.Select(span => span.DisplayName))}");

    /// <summary>
    /// The names from a span up to where the trace came into the node; above that is the caller, which is this process, too.
    /// </summary>
    public static IReadOnlyList<string> Way(this IReadOnlyList<Activity> trace, Activity span)
    {
        var way = new List<string>();
        for (var at = span;
            at is not null;
            at = at.Kind == ActivityKind.Server ? null : trace.SingleOrDefault(other => other.SpanId == at.ParentSpanId))
        {
            way.Add(at.DisplayName);
        }

        return way;
    }

    /// <summary>Everything that a span says.</summary>
    public static string Text(this Activity span) => string.Join(
        ' ',
        [
            span.DisplayName, span.OperationName, span.StatusDescription, span.TraceStateString,
            .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"),
            .. span.Baggage.Select(item => $"{item.Key}={item.Value}"),
            .. span.Events.SelectMany(entry => entry.Tags.Select(tag => $"{tag.Key}={tag.Value}").Prepend(entry.Name)),
        ]);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Widget.Testing;

namespace Widget.Api.Tests.Telemetry;

/// <summary>Keeps the spans that a node exports.</summary>
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

    /// <summary>Waits until the trace of a span contains the named spans, and returns the trace.</summary>
    public async Task<IReadOnlyList<Activity>> TraceAsync(Func<Activity, bool> isInTrace, params string[] names)
    {
        IReadOnlyList<Activity> trace = [];
        await Eventually.TrueAsync(
            () =>
            {
                var found = All.LastOrDefault(isInTrace);
                trace = found is null ? [] : [.. All.Where(span => span.TraceId == found.TraceId)];
                return Task.FromResult(names.All(name => trace.Any(span => span.DisplayName == name)));
            },
            $"a trace names {string.Join(", ", names)}; there are {string.Join(", ", All.Select(span => span.DisplayName).Distinct())}");
        return trace;
    }
}

internal static class SpanTree
{
    public static Activity Span(this IReadOnlyList<Activity> trace, string name) =>
        trace.Where(span => span.DisplayName == name)
            .ShouldHaveSingleItem($"{name} in {string.Join(", ", trace.Select(span => span.DisplayName))}");

    /// <summary>
    /// The names from a span up to the span in which the node received the request. The caller's spans above it are left out.
    /// </summary>
    public static IReadOnlyList<string> PathFrom(this IReadOnlyList<Activity> trace, Activity span)
    {
        var path = new List<string>();
        for (var at = span;
            at is not null;
            at = at.Kind == ActivityKind.Server ? null : trace.SingleOrDefault(other => other.SpanId == at.ParentSpanId))
        {
            path.Add(at.DisplayName);
        }

        return path;
    }

    /// <summary>All texts of a span.</summary>
    public static string Text(this Activity span) => string.Join(
        ' ',
        [
            span.DisplayName, span.OperationName, span.StatusDescription, span.TraceStateString,
            .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"),
            .. span.Baggage.Select(item => $"{item.Key}={item.Value}"),
            .. span.Events.SelectMany(entry => entry.Tags.Select(tag => $"{tag.Key}={tag.Value}").Prepend(entry.Name)),
        ]);
}

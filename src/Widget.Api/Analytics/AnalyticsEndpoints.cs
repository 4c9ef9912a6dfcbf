using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Widget.Api.Analytics.Unanswered;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Analytics;

internal static class AnalyticsEndpoints
{
    public static void MapAnalytics(this IEndpointRouteBuilder routes)
    {
        var analytics = routes.MapGroup("/api/analytics").ForStaff(StaffArea.Analytics).ProducesProblem(401)
            .ProducesValidationProblem().WithTags("Analytics");
        analytics.MapGet("/summary", Summary).WithSummary("Count what happened in conversations, by day, mode, page or agent");
        analytics.MapGet("/export.csv", Export).Produces(200, contentType: "text/csv")
            .WithSummary("The same counts as a table; format=excel for a file that Excel opens correctly in every language");
        analytics.MapGet("/conversations", Conversations).WithSummary("List the conversations behind a figure, latest first");
        analytics.MapGet("/unanswered", Unanswered).WithSummary("List unanswered questions in groups of similar questions");
        analytics.MapPost("/unanswered/{id:guid}/dismiss", Dismiss).ForStaff(StaffArea.Knowledge).ProducesProblem(404)
            .WithSummary("Hide a group of unanswered questions until one of them is asked again");
    }

    private static async Task<Results<Ok<AnalyticsSummary>, ValidationProblem>> Summary(
        IMultiTenantContextAccessor tenants,
        AnalyticsService analytics,
        TimeProvider clock,
        CancellationToken ct,
        string? from = null,
        string? to = null,
        string? timeZone = null,
        string by = "day")
    {
        if (!Enum.TryParse<AnalyticsGrouping>(by, ignoreCase: true, out var grouping) || !Enum.IsDefined(grouping))
            return Problems.Invalid("by", $"by is \"{by}\". Use day, mode, page or agent.");
        var (period, problem) = AnalyticsPeriod.Parse(from, to, timeZone, clock);
        return period is null
            ? problem!
            : TypedResults.Ok(await analytics.SummarizeAsync(tenants.Current().TenantId, period, grouping, ct));
    }

    private static async Task<Results<FileContentHttpResult, ValidationProblem>> Export(
        IMultiTenantContextAccessor tenants,
        AnalyticsService analytics,
        TimeProvider clock,
        CancellationToken ct,
        string? from = null,
        string? to = null,
        string? timeZone = null,
        string by = "day",
        string format = "csv")
    {
        if (!Enum.TryParse<AnalyticsGrouping>(by, ignoreCase: true, out var grouping) || !Enum.IsDefined(grouping))
            return Problems.Invalid("by", $"by is \"{by}\". Use day, mode, page or agent.");
        if (format is not ("csv" or "excel")) return Problems.Invalid("format", "format must be csv or excel.");
        var (period, problem) = AnalyticsPeriod.Parse(from, to, timeZone, clock);
        if (period is null) return problem!;
        var summary = await analytics.SummarizeAsync(tenants.Current().TenantId, period, grouping, ct);
        var isExcel = format == "excel";
        return TypedResults.File(
            AnalyticsExport.Write(summary, isExcel),
            isExcel ? "text/csv; charset=utf-16le" : "text/csv; charset=utf-8",
            "analytics.csv");
    }

    private static async Task<Results<Ok<AnalyticsConversationPage>, ValidationProblem>> Conversations(
        IMultiTenantContextAccessor tenants,
        AnalyticsService analytics,
        TimeProvider clock,
        [AsParameters] FigureQuery query,
        CancellationToken ct)
    {
        var (period, problem) = AnalyticsPeriod.Parse(query.From, query.To, query.TimeZone, clock);
        if (period is null) return problem!;
        if (CountedFigure.Of(query.Figure ?? "conversations") is not { } figure)
        {
            return Problems.Invalid(
                "figure",
                $"There is no figure \"{query.Figure}\". Use one of {string.Join(", ", CountedFigure.Names)}.");
        }

        if (figure.Column is null && (query.Mode ?? query.Page ?? query.Agent) is not null)
            return Problems.Invalid("figure", $"{query.Figure} is not counted by mode, page or agent.");

        var limit = query.Limit ?? AnalyticsService.DefaultConversations;
        if (limit is < 1 or > AnalyticsService.MaxConversations)
            return Problems.Invalid("limit", $"limit must be between 1 and {AnalyticsService.MaxConversations}.");
        return await analytics.ConversationsAsync(tenants.Current().TenantId, period, figure, query with { Limit = limit }, ct) is { } page
            ? TypedResults.Ok(page)
            : Problems.Invalid("after", "after must be the value of next from the previous page.");
    }

    private static async Task<Results<Ok<UnansweredPage>, ValidationProblem>> Unanswered(
        IMultiTenantContextAccessor tenants,
        UnansweredService unanswered,
        TimeProvider clock,
        CancellationToken ct,
        string? from = null,
        string? to = null,
        string? timeZone = null,
        int skip = 0,
        int limit = UnansweredService.DefaultLimit)
    {
        var (period, problem) = AnalyticsPeriod.Parse(from, to, timeZone, clock);
        if (period is null) return problem!;
        if (limit is < 1 or > UnansweredService.MaxLimit)
            return Problems.Invalid("limit", $"limit must be between 1 and {UnansweredService.MaxLimit}.");
        if (skip < 0) return Problems.Invalid("skip", "skip must not be negative.");
        return TypedResults.Ok(await unanswered.ListAsync(tenants.Current().TenantId, period, skip, limit, ct));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Dismiss(
        Guid id,
        IMultiTenantContextAccessor tenants,
        UnansweredService unanswered,
        CancellationToken ct) =>
        await unanswered.DismissAsync(tenants.Current().TenantId, id, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("group of questions");
}

/// <summary>Which conversations to list.</summary>
internal sealed record FigureQuery
{
    /// <summary>
    /// The figure, as it is named in the summary; or <c>tier.</c> with a tier, or <c>usage.</c> with a kind of usage. Defaults to
    /// conversations.
    /// </summary>
    [FromQuery]
    public string? Figure { get; init; }

    [FromQuery]
    public string? From { get; init; }

    [FromQuery]
    public string? To { get; init; }

    [FromQuery]
    public string? TimeZone { get; init; }

    /// <summary>Only what happened in this mode.</summary>
    [FromQuery]
    public string? Mode { get; init; }

    /// <summary>Only what happened on this page, as the summary's key; empty for no page.</summary>
    [FromQuery]
    public string? Page { get; init; }

    /// <summary>Only what happened with this agent, as the summary's key; empty for the assistant.</summary>
    [FromQuery]
    public string? Agent { get; init; }

    [FromQuery]
    public string? After { get; init; }

    [FromQuery]
    public int? Limit { get; init; }
}

using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Triggers;

internal static class TriggerEndpoints
{
    private const int DefaultDays = 30;
    private const int MaxReportBytes = 4 * 1024;

    public static IServiceCollection AddTriggers(this IServiceCollection services)
    {
        services.AddSingleton(TriggerTables.Tables);
        services.AddSingleton<TriggerService>();
        return services;
    }

    public static void MapTriggers(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/widget/triggers", Report).RequireCors(Policies.AnyOrigin)
            .WithMetadata(new KeyInAddress(), new RequestSizeLimitAttribute(MaxReportBytes))
            .Accepts<TriggerReport>("text/plain", "application/json").Produces(204)
            .ProducesValidationProblem().ProducesProblem(404).ProducesProblem(429)
            .WithTags("Widget")
            .WithSummary("Report that a proactive message was shown, opened or closed");
        routes.MapGet("/api/analytics/triggers", Figures)
            .ForStaff(StaffArea.Analytics).ProducesProblem(401).WithTags("Analytics")
            .WithSummary("Compare the variants of proactive messages");
    }

    // Browsers send reports of a page that is left as text, because JSON would need a preflight request.
    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> Report(
        HttpRequest http,
        IMultiTenantStore tenants,
        TriggerService triggers,
        RequestLimits limits,
        CancellationToken ct)
    {
        if (await limits.TakeAsync(Limit.AddressReports, ClientAddress.Of(http.HttpContext), ct) is { } refusal)
            return refusal.ToProblem(http.HttpContext);
        TriggerReport? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync<TriggerReport>(http.Body, JsonSerializerOptions.Web, ct);
        }
        catch (JsonException)
        {
            request = null;
        }

        if (request is null)
        {
            return Problems.Create(
                StatusCodes.Status400BadRequest,
                "Send siteKey, trigger, variant and event (shown, opened or closed) as JSON.");
        }

        if (Validation.FindErrors(request) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors, title: errors.Values.First()[0]);
        if (!request.SiteKey.StartsWith(SiteKey.Prefix, StringComparison.Ordinal)
            || await tenants.GetByIdentifierAsync(request.SiteKey, ct) is not { } tenant)
            return Problems.Create(StatusCodes.Status404NotFound, "This site key is unknown or has been revoked.");
        return await triggers.CountAsync(tenant.TenantId, request, ct) ? TypedResults.NoContent() : Problems.NotFound("trigger");
    }

    private static async Task<Results<Ok<IReadOnlyList<TriggerFigures>>, ValidationProblem>> Figures(
        IMultiTenantContextAccessor tenants,
        TriggerService triggers,
        TimeProvider clock,
        CancellationToken ct,
        string? from = null,
        string? to = null)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (Date(to, today) is not { } last) return Invalid("to", to!);
        if (Date(from, last.AddDays(1 - DefaultDays)) is not { } first) return Invalid("from", from!);
        return first > last
            ? Problems.Invalid("to", "to must not be before from.")
            : TypedResults.Ok(await triggers.FiguresAsync(tenants.Current().TenantId, first, last, ct));
    }

    private static DateOnly? Date(string? text, DateOnly otherwise) =>
        text is null ? otherwise
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year > 1
            ? date
            : null;

    private static ValidationProblem Invalid(string field, string text) =>
        Problems.Invalid(field, $"{field} is \"{text}\". Write a date as 2027-05-03.");
}

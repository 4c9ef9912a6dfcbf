using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Selling.Demos;
using Widget.Api.Selling.Prices;
using Widget.Api.Tenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.Selling;

/// <summary>Where a visitor asks to see a demo or the prices.</summary>
internal static class ShowEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;

    public static void MapShowing(this IEndpointRouteBuilder routes)
    {
        var visitor = routes.MapGroup("/api/widget/conversations/{id:guid}").RequireCors(Policies.AnyOrigin)
            .RequireAuthorization(Policies.Visitor).WithTags("Widget").WithRequestSizeLimit(MaxRequestBytes)
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        visitor.MapPost("/demo", ShowDemo).UnlessBanned().Validate<ShowRequest>()
            .WithSummary("Show the demo that fits best; 404 with the code no_demo if none fits");
        visitor.MapPost("/prices", ShowPrices).UnlessBanned().Validate<ShowRequest>()
            .WithSummary("Show the prices that were asked for; 404 with the code no_prices if there are none");
    }

    private static async Task<Results<Ok<ConversationEvent>, ProblemHttpResult>> ShowDemo(
        Guid id,
        ShowRequest request,
        HttpContext http,
        VisitorTokens tokens,
        TenantSettingsService settings,
        VisitorQuestions questions,
        VisitorService visitors,
        DemoFinder demos,
        CancellationToken ct)
    {
        var (visitor, conversation) = (tokens.Read(http)!, new ConversationId(id));
        if (await questions.FindAsync(visitor, conversation, ct) is not { } asked) return Problems.NotFound("conversation");
        var query = request.Query ?? asked.Text;
        ShownDemo? demo;
        try
        {
            demo = await demos.FindAsync(visitor.Tenant, await settings.ReadAsync(visitor.Tenant, ct), query, ct);
        }
        catch (SearchUnavailableException)
        {
            return Problems.Create(StatusCodes.Status503ServiceUnavailable, "The demos can't be searched right now. Please try again.");
        }

        if (demo is null) return Problems.Create(StatusCodes.Status404NotFound, "There is no demo of this.", "no_demo");
        var shown = new DemoShown { ClientId = request.ClientId, Demo = demo, Query = query };
        return await visitors.AppendAsync(visitor, conversation, shown, ct) is { } appended
            ? TypedResults.Ok<ConversationEvent>(appended)
            : Problems.NotFound("conversation");
    }

    private static async Task<Results<Ok<ConversationEvent>, ProblemHttpResult>> ShowPrices(
        Guid id,
        ShowRequest request,
        HttpContext http,
        VisitorTokens tokens,
        VisitorQuestions questions,
        VisitorService visitors,
        PriceService prices,
        CancellationToken ct)
    {
        var (visitor, conversation) = (tokens.Read(http)!, new ConversationId(id));
        if (await questions.FindAsync(visitor, conversation, ct) is not { } asked) return Problems.NotFound("conversation");
        var items = await prices.ChooseAsync(visitor.Tenant, request.Query ?? asked.Text, asked.Locale, ct);
        if (items.Count == 0) return Problems.Create(StatusCodes.Status404NotFound, "There are no prices to show.", "no_prices");
        return await visitors.AppendAsync(visitor, conversation, new PricesShown { ClientId = request.ClientId, Items = items }, ct)
            is { } appended
                ? TypedResults.Ok<ConversationEvent>(appended)
                : Problems.NotFound("conversation");
    }
}

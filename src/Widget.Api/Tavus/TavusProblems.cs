using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tavus.Client;
using Widget.Api.Web;

namespace Widget.Api.Tavus;

internal static class TavusProblems
{
    /// <summary>The problem for a request that needed Tavus when Tavus failed.</summary>
    public static ProblemHttpResult Of(TavusException e) => Problems.Create(
        e.Fault switch
        {
            TavusFault.Temporary => StatusCodes.Status503ServiceUnavailable,
            TavusFault.Malformed => StatusCodes.Status502BadGateway,
            TavusFault.NotFound => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status409Conflict,
        },
        TavusMessages.Of(e));

    /// <summary>Turns failures at Tavus in the group's endpoints into problems.</summary>
    public static RouteGroupBuilder ExplainTavus(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (TavusException e)
            {
                return Of(e);
            }
        });
        return group.ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }
}

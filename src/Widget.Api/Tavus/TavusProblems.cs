using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tavus.Client;
using Widget.Api.Web;

namespace Widget.Api.Tavus;

internal static class TavusProblems
{
    /// <summary>What Tavus did not do, as a problem of the request that needed it.</summary>
    public static ProblemHttpResult Of(TavusException e) => Problems.Because(
        e.Fault switch
        {
            TavusFault.Temporary => StatusCodes.Status503ServiceUnavailable,
            TavusFault.Malformed => StatusCodes.Status502BadGateway,
            TavusFault.NotFound => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status409Conflict,
        },
        TavusWords.Of(e));

    /// <summary>Answers with Tavus's refusals in words, whichever step met them.</summary>
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

using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tavus.Provisioning;
using Widget.Api.Tavus.Tools;

namespace Widget.Api.Tavus;

internal static class TavusEndpoints
{
    public static void MapTavus(this IEndpointRouteBuilder routes)
    {
        routes.MapTavusAccount();
        routes.MapTavusPersona();
        routes.MapTavusKnowledge();
        routes.MapTavusTools();
    }
}

using Widget.Api.TenantTools.Http;
using Widget.Api.TenantTools.Mcp;
using Widget.Api.Tools;

namespace Widget.Api.TenantTools;

internal static class TenantToolServices
{
    /// <summary>Tools that tenants add: on their own servers, and on servers of the Model Context Protocol.</summary>
    public static IServiceCollection AddTenantTools(this IServiceCollection services)
    {
        services.AddSingleton(TenantToolTables.Tables);
        services.AddSingleton<HttpToolCaller>();
        services.AddSingleton<HttpToolService>();
        services.AddSingleton<McpConnections>();
        services.AddSingleton<McpToolCaller>();
        services.AddSingleton<McpServerService>();
        services.AddSingleton<ITenantTools, TenantToolCatalogue>();
        return services;
    }

    public static void MapTenantTools(this IEndpointRouteBuilder routes)
    {
        routes.MapHttpTools();
        routes.MapMcpServers();
    }
}

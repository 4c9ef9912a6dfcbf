using Microsoft.SemanticKernel;
using Widget.Api.Selling.Actions;
using Widget.Api.Selling.Demos;
using Widget.Api.Selling.Knowledge;
using Widget.Api.Selling.Prices;

namespace Widget.Api.Selling;

internal static class SellingServices
{
    /// <summary>The assistant's built-in tools, and what they show in a conversation.</summary>
    public static IServiceCollection AddSelling(this IServiceCollection services)
    {
        services.AddSingleton(PriceTables.Tables);
        services.AddSingleton<PriceService>();
        services.AddSingleton<DemoFinder>();
        services.AddSingleton<VisitorQuestions>();
        services.AddPlugin<KnowledgePlugin>(plugin => plugin.ToKernelPlugin());
        services.AddPlugin<DemoPlugin>(plugin => plugin.ToKernelPlugin());
        services.AddPlugin<PricePlugin>(plugin => plugin.ToKernelPlugin());
        services.AddPlugin<ContactPlugin>(plugin => plugin.ToKernelPlugin());
        services.AddPlugin<QualificationPlugin>(plugin => plugin.ToKernelPlugin());
        services.AddPlugin<PersonPlugin>(plugin => plugin.ToKernelPlugin());
        services.AddPlugin<MeetingPlugin>(plugin => plugin.ToKernelPlugin());
        services.AddPlugin<CallPlugin>(plugin => plugin.ToKernelPlugin());
        return services;
    }

    public static void MapSelling(this IEndpointRouteBuilder routes)
    {
        routes.MapPrices();
        routes.MapShowing();
    }

    private static void AddPlugin<TPlugin>(this IServiceCollection services, Func<TPlugin, KernelPlugin> toKernelPlugin)
        where TPlugin : class
    {
        services.AddSingleton<TPlugin>();
        services.AddSingleton(provider => toKernelPlugin(provider.GetRequiredService<TPlugin>()));
    }
}

namespace Widget.Api.Models;

internal static class ModelServices
{
    /// <summary>Adds tenants' own models.</summary>
    public static IServiceCollection AddTenantModels(this IServiceCollection services)
    {
        services.AddSingleton(ModelTables.Tables);
        services.AddSingleton<ModelAccounts>();
        services.AddSingleton<ModelServers>();
        services.AddSingleton<ModelRequests>();
        return services;
    }
}

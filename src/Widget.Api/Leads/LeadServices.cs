namespace Widget.Api.Leads;

internal static class LeadServices
{
    public static IServiceCollection AddLeads(this IServiceCollection services)
    {
        services.AddSingleton(LeadTables.Tables);
        services.AddSingleton<LeadService>();
        return services;
    }
}

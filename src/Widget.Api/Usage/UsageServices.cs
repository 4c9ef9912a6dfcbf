using Widget.Platform.Telemetry;

namespace Widget.Api.Usage;

internal static class UsageServices
{
    /// <summary>Metering of what tenants use, and their monthly ceilings.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="budgets">Each tenant's monthly ceilings, as the operator configures them.</param>
    public static IServiceCollection AddUsage(this IServiceCollection services, BudgetOptions budgets)
    {
        services.AddTelemetryNames(meters: [UsageTelemetry.Name]);
        services.AddSingleton(UsageTables.Tables);
        services.AddSingleton<UsageMeter>();
        services.AddSingleton(budgets);
        services.AddSingleton<TenantLimits>();
        services.AddSingleton<MonthlyBudget>();
        services.AddSingleton<CharacterBudget>();
        return services;
    }
}

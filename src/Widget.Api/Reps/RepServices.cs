namespace Widget.Api.Reps;

internal static class RepServices
{
    public static IServiceCollection AddReps(this IServiceCollection services) => services.AddSingleton(RepTables.Tables);
}

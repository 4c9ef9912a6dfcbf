namespace Widget.Api.Calls;

internal static class CallServices
{
    /// <summary>Adds what video and voice calls share.</summary>
    public static IServiceCollection AddCalls(this IServiceCollection services) => services.AddSingleton<LeaveTokens>();
}

namespace Widget.Api.Modes;

internal static class ModeServices
{
    /// <summary>
    /// The ways to talk that a visitor is offered. Each feature adds its own by registering an <see cref="IModeAvailability"/>.
    /// </summary>
    public static IServiceCollection AddModes(this IServiceCollection services) => services.AddSingleton<AvailableModes>();
}

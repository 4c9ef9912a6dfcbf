namespace Widget.Api.Modes;

internal static class ModeServices
{
    /// <summary>
    /// Adds the modes: the ways to talk that visitors can choose from. Each feature adds its own mode by registering an
    /// <see cref="IModeAvailability"/>.
    /// </summary>
    public static IServiceCollection AddModes(this IServiceCollection services) => services.AddSingleton<AvailableModes>();
}

using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Widget.Platform.Outbound;

/// <summary>Reports open breakers that are not a <see cref="CircuitBreaker"/>, so that metrics include them.</summary>
/// <param name="Service">The service's name in metrics.</param>
/// <param name="Open">How many are open.</param>
public sealed record BreakerReading(string Service, Func<int> Open);

/// <summary>
/// All circuit breakers of this node. Features register theirs with <see cref="CircuitBreakerServices.AddCircuitBreaker"/>.
/// </summary>
/// <param name="clock">Measures the pauses.</param>
/// <param name="registered">The breakers to show in metrics before their first use.</param>
/// <param name="others">Breakers of another kind.</param>
public sealed class CircuitBreakerRegistry(
    TimeProvider clock,
    IEnumerable<BreakerSettings>? registered = null,
    IEnumerable<BreakerReading>? others = null)
{
    private readonly ConcurrentDictionary<string, CircuitBreaker> _breakers = new(
        (registered ?? []).DistinctBy(settings => settings.Service, StringComparer.Ordinal)
            .Select(settings => KeyValuePair.Create(settings.Service, new CircuitBreaker(settings, clock))),
        StringComparer.Ordinal);

    private readonly BreakerReading[] _others = [.. others ?? []];

    /// <summary>The breaker of a service.</summary>
    public CircuitBreaker Get(BreakerSettings settings) =>
        _breakers.GetOrAdd(settings.Service, static (_, args) => new CircuitBreaker(args.settings, args.clock), (settings, clock));

    /// <summary>How many circuits of each service are open.</summary>
    public IEnumerable<(string Service, int Open)> ReadOpen() =>
        _breakers.Values.Select(breaker => (breaker.Service, breaker.OpenCount))
            .Concat(_others.Select(other => (other.Service, other.Open())));
}

public static class CircuitBreakerServices
{
    /// <summary>Registers the breaker of a service, so that metrics show it from the start.</summary>
    public static IServiceCollection AddCircuitBreaker(this IServiceCollection services, BreakerSettings settings) =>
        services.AddSingleton(settings);

    /// <summary>Registers a breaker of another kind for the metrics.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="service">The service's name in metrics.</param>
    /// <param name="open">How many are open.</param>
    public static IServiceCollection AddBreakerReading(
        this IServiceCollection services,
        string service,
        Func<IServiceProvider, int> open) =>
        services.AddSingleton(provider => new BreakerReading(service, () => open(provider)));
}

namespace Widget.Contracts;

/// <summary>Health of an installation, as reported by /health/ready.</summary>
/// <param name="Status">"healthy", "degraded" (works with limitations) or "unhealthy".</param>
/// <param name="Checks">The individual checks.</param>
public sealed record HealthState(string Status, IReadOnlyList<HealthCheckState> Checks);

/// <param name="Name">Name of the check.</param>
/// <param name="Status">"healthy", "degraded", "unhealthy", or "not configured" for an optional part that is not in use.</param>
/// <param name="Detail">Details and what to do; null if there is nothing to report.</param>
public sealed record HealthCheckState(string Name, string Status, string? Detail);

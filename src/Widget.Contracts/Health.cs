namespace Widget.Contracts;

/// <summary>How an installation is, as /health/ready says.</summary>
/// <param name="Status">healthy, degraded (it works, but lacks something) or unhealthy.</param>
/// <param name="Checks">What was looked at.</param>
public sealed record HealthState(string Status, IReadOnlyList<HealthCheckState> Checks);

/// <param name="Name">What was looked at.</param>
/// <param name="Status">healthy, degraded or unhealthy.</param>
/// <param name="Detail">What there is to say about it, and what to do; null when it is simply well.</param>
public sealed record HealthCheckState(string Name, string Status, string? Detail);

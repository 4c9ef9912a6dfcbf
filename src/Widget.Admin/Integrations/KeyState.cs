using Widget.Contracts;

namespace Widget.Admin.Integrations;

/// <summary>Which key a service uses, as the services with a key describe it.</summary>
/// <param name="Source">Whose account it is.</param>
/// <param name="Hint">The last characters of the tenant's own key.</param>
/// <param name="UpdatedAt">When it was saved.</param>
/// <param name="Words">The state in words; null if the service does not say it.</param>
public sealed record KeyState(TavusKeySource Source, string? Hint, DateTimeOffset? UpdatedAt, string? Words);

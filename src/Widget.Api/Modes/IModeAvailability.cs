using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Modes;

/// <summary>Decides whether a tenant's visitors can use a mode. Each mode except text registers one as a singleton service.</summary>
public interface IModeAvailability
{
    /// <summary>speech, voice or video.</summary>
    string Mode { get; }

    /// <summary>What the browser must support, from <see cref="SessionRequest.Abilities"/>.</summary>
    IReadOnlyList<string> Needs { get; }

    /// <summary>
    /// Returns whether the mode is available now, and an explanation for staff. It must be enabled, set up and within the budget.
    /// </summary>
    Task<ModeState> StateAsync(TenantId tenant, TenantSettings settings, CancellationToken ct);

    /// <summary>
    /// Whether the mode is available. Every new session calls this, so a mode may skip checks that only the explanation needs.
    /// </summary>
    async Task<bool> IsAvailableAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) =>
        (await StateAsync(tenant, settings, ct)).Available;
}

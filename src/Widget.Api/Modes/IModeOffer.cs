using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Modes;

/// <summary>Says whether a tenant's visitors can have one of the ways to talk. Each way registers its own as a singleton service.</summary>
public interface IModeOffer
{
    /// <summary>text, speech, voice or video.</summary>
    string Mode { get; }

    /// <summary>What a browser must be able to do for it, of <see cref="SessionRequest.Abilities"/>.</summary>
    IReadOnlyList<string> Needs { get; }

    /// <summary>Whether it can be had now: switched on, set up, and within the budget.</summary>
    Task<ModeState> StateAsync(TenantId tenant, TenantSettings settings, CancellationToken ct);

    /// <summary>Whether visitors get it. For each session that is opened, so it may know that without the words for the staff.</summary>
    async Task<bool> IsAvailableAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) =>
        (await StateAsync(tenant, settings, ct)).Available;
}

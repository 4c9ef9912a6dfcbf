using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Modes;

/// <summary>
/// The one place that decides which ways to talk a visitor gets: the tenant's settings, the keys that are there, the budget that is left, and what the
/// visitor's browser can do. Visitors see what there is; why something is missing is for the tenant's staff.
/// </summary>
public sealed class ModeOffers(IEnumerable<IModeOffer> offers)
{
    // From the plainest: whatever fails, the one before it is offered.
    private static readonly string[] Order = ["text", "speech", "voice", "video"];

    private readonly IModeOffer[] _offers = [.. offers.OrderBy(offer => Array.IndexOf(Order, offer.Mode))];

    /// <summary>How every way stands, for the tenant's staff.</summary>
    public async Task<IReadOnlyList<ModeState>> StatesAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        var states = new List<ModeState> { new("text", Available: true, "Text is always there.") };
        foreach (var offer in _offers) states.Add(await offer.StateAsync(tenant, settings, ct));
        return states;
    }

    /// <summary>What a visitor can choose from.</summary>
    /// <param name="tenant">Whose visitor.</param>
    /// <param name="settings">The tenant's.</param>
    /// <param name="abilities">The browser's; null when it has not said, which counts as all.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IReadOnlyList<string>> OfVisitorAsync(TenantId tenant, TenantSettings settings, IReadOnlyList<string>? abilities, CancellationToken ct)
    {
        var modes = new List<string> { "text" };
        foreach (var offer in _offers.Where(offer => abilities is null || offer.Needs.All(need => abilities.Contains(need, StringComparer.Ordinal))))
            if (await offer.IsAvailableAsync(tenant, settings, ct)) modes.Add(offer.Mode);
        return modes;
    }
}

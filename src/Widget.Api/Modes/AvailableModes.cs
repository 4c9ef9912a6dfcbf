using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Modes;

/// <summary>
/// Decides which modes a visitor can use, by the tenant's settings, keys and budget and the browser's abilities. Visitors see the
/// available modes. The tenant's staff also see the reasons.
/// </summary>
public sealed class AvailableModes(IEnumerable<IModeAvailability> modes)
{
    // Simplest first: if a mode fails, the widget offers the one before it.
    private static readonly string[] Order = ["text", "speech", "voice", "video"];

    private readonly IModeAvailability[] _modes = [.. modes.OrderBy(mode => Array.IndexOf(Order, mode.Mode))];

    /// <summary>The state of every mode, for the tenant's staff.</summary>
    public async Task<IReadOnlyList<ModeState>> StatesAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        var states = new List<ModeState> { new("text", Available: true, "Text is always available.") };
        foreach (var mode in _modes) states.Add(await mode.StateAsync(tenant, settings, ct));
        return states;
    }

    /// <summary>The modes that a visitor can choose from.</summary>
    /// <param name="tenant">The visitor's tenant.</param>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="abilities">The browser's abilities; null when it did not report them, which counts as all.</param>
    /// <param name="ct">Cancels the checks.</param>
    public async Task<IReadOnlyList<string>> OfVisitorAsync(
        TenantId tenant,
        TenantSettings settings,
        IReadOnlyList<string>? abilities,
        CancellationToken ct)
    {
        var available = new List<string> { "text" };
        foreach (var mode in _modes)
        {
            var isSupported = abilities is null || mode.Needs.All(need => abilities.Contains(need, StringComparer.Ordinal));
            if (isSupported && await mode.IsAvailableAsync(tenant, settings, ct)) available.Add(mode.Mode);
        }

        return available;
    }
}

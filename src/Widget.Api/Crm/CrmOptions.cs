using Widget.Api.Configuration;
using Widget.Platform.Work;

namespace Widget.Api.Crm;

/// <summary>How leads are sent to customer relationship systems.</summary>
public sealed record CrmOptions
{
    /// <summary>HubSpot's API (WIDGET_HUBSPOT_URL).</summary>
    public Uri HubSpotEndpoint { get; init; } = new("https://api.hubapi.com");

    /// <summary>
    /// The pause after the first failed attempt. Each further pause is three times as long, up to <see cref="MaxPause"/>.
    /// </summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan MaxPause { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long after its last change a lead is sent again if sending fails.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The pause after a failed attempt. The worker waits longer if Retry-After says so, up to <see cref="MaxPause"/>.</summary>
    /// <param name="attempts">The number of attempts so far; at least 1.</param>
    public TimeSpan PauseAfter(int attempts) => ExponentialBackoff.DelayAfter(attempts, FirstPause, MaxPause);

    internal static CrmOptions Read(Variables variables)
    {
        var options = new CrmOptions();
        return variables.Address("WIDGET_HUBSPOT_URL", "https://api.hubapi.com") is { } address
            ? options with { HubSpotEndpoint = address }
            : options;
    }
}

using Widget.Api.Configuration;
using Widget.Platform.Work;

namespace Widget.Api.Crm;

/// <summary>How leads are sent to customer relationship systems.</summary>
public sealed record CrmOptions
{
    /// <summary>HubSpot's API (WIDGET_HUBSPOT_URL).</summary>
    public Uri HubSpot { get; init; } = new("https://api.hubapi.com");

    /// <summary>The pause after the first failed attempt. Each further pause is about three times as long.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan MaxPause { get; init; } = TimeSpan.FromHours(4);

    /// <summary>For how long a lead is tried again after its last change.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The pause after a failed attempt.</summary>
    /// <param name="attempts">The number of attempts so far; at least 1.</param>
    public TimeSpan PauseAfter(int attempts) => GrowingPause.After(attempts, FirstPause, MaxPause);

    internal static CrmOptions Read(Variables variables)
    {
        var options = new CrmOptions();
        return variables.Address("WIDGET_HUBSPOT_URL", "https://api.hubapi.com") is { } address
            ? options with { HubSpot = address }
            : options;
    }
}

namespace Widget.Api.Configuration;

/// <summary>Where this installation is reached.</summary>
public sealed record InstallationOptions
{
    /// <summary>
    /// This installation as others reach it, as <c>https://widget.example.com</c> (WIDGET_PUBLIC_URL). Null when nothing outside can reach it:
    /// then no service is asked to call back, and their state is polled instead.
    /// </summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Further hosts under which this installation is reached, as <c>widget.internal</c> (WIDGET_HOSTS).</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What follows the slug in tenants' own hosts, as <c>.chat.example.com</c> (WIDGET_HOST_SUFFIX).</summary>
    public string? HostSuffix { get; init; }

    /// <summary>Tavus sends tool calls to this server itself, over https, instead of through the visitor's page.</summary>
    public bool DeliversToolsToServer { get; init; }
}

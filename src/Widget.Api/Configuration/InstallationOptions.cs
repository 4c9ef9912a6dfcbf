namespace Widget.Api.Configuration;

/// <summary>The addresses under which clients reach this installation.</summary>
public sealed record InstallationOptions
{
    /// <summary>
    /// The public address, such as <c>https://widget.example.com</c> (WIDGET_PUBLIC_URL). Null if this installation can't be reached from
    /// outside. Then it polls the state of outside services instead of asking them to call back.
    /// </summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Further hosts that clients may use, such as <c>widget.internal</c> (WIDGET_HOSTS).</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// The part after the slug in tenants' own hosts, such as <c>.chat.example.com</c> (WIDGET_HOST_SUFFIX); null when they have none.
    /// </summary>
    public string? HostSuffix { get; init; }

    /// <summary>Address of a demo (WIDGET_DEMO_URL); null if there is none. The start page links to it.</summary>
    public Uri? DemoAddress { get; init; }

    internal static InstallationOptions Read(Variables variables)
    {
        var hosts = variables.List("WIDGET_HOSTS");
        variables.Errors.AddRange(hosts
            .Where(
                host => host.Contains('/', StringComparison.Ordinal)
                    || Uri.CheckHostName(new HostString(host).Host) == UriHostNameType.Unknown)
            .Select(host =>
                $"WIDGET_HOSTS contains \"{host}\". Write each host as widget.internal or 10.0.0.5, without http:// and without a path."));
        var suffix = variables.Text("WIDGET_HOST_SUFFIX");
        if (suffix is not null && !suffix.StartsWith('.'))
            variables.Errors.Add($"WIDGET_HOST_SUFFIX is \"{suffix}\". It must begin with a dot, such as .chat.example.com.");
        return new InstallationOptions
        {
            PublicAddress = variables.Address("WIDGET_PUBLIC_URL", "https://widget.example.com"),
            Hosts = hosts,
            HostSuffix = suffix,
            DemoAddress = variables.Address("WIDGET_DEMO_URL", "http://localhost:5081"),
        };
    }
}

using Widget.Api.Configuration;

namespace Widget.Api.Accounts;

/// <summary>Where people sign in (WIDGET_CONSOLE_URL), and how the first account is made (WIDGET_SETUP_TOKEN).</summary>
public sealed record AccountOptions
{
    private const int MinTokenLength = 12;

    /// <summary>The console's address. Links in e-mails lead there, and passkeys are bound to its host.</summary>
    public Uri Console { get; init; } = new("http://localhost:5082");

    /// <summary>What must be sent to make the first account; null if nothing is needed.</summary>
    public string? SetupToken { get; init; }

    /// <summary>The console's origin, as browsers write it.</summary>
    public string Origin => Console.GetLeftPart(UriPartial.Authority);

    /// <summary>The address of a page of the console.</summary>
    /// <param name="path">The path, without a slash at the beginning.</param>
    /// <param name="query">A query parameter; null for none.</param>
    public string Link(string path, (string Name, string Value)? query = null) =>
        Console.AbsoluteUri.TrimEnd('/') + "/" + path + (query is var (name, value) ? $"?{name}={Uri.EscapeDataString(value)}" : "");

    internal static AccountOptions Read(Variables variables)
    {
        var options = new AccountOptions();
        var token = variables.Text("WIDGET_SETUP_TOKEN");
        if (token is { Length: < MinTokenLength })
            variables.Errors.Add($"WIDGET_SETUP_TOKEN is too short. Use at least {MinTokenLength} characters.");
        return options with
        {
            Console = variables.Address("WIDGET_CONSOLE_URL", "https://console.example.com") ?? options.Console,
            SetupToken = token,
        };
    }
}

using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Widget.Api.Configuration;
using Widget.Api.Tenancy;

namespace Widget.Api.Chat.Pages;

/// <summary>The page at the root of the installation. It says what Widget is and links to the demo and the API reference.</summary>
internal sealed partial class StartPage
{
    private const string Resource = "Widget.Api.Chat.Pages.start.html";

    private readonly OwnHosts _hosts;
    private readonly string _page;
    private readonly string _policy;

    public StartPage(OwnHosts hosts, InstallationOptions installation)
    {
        _hosts = hosts;
        var page = Read();
        _page = installation.DemoAddress is { } demo
            ? page.Replace("{demo}", HtmlEncoder.Default.Encode(demo.AbsoluteUri), StringComparison.Ordinal)
            : DemoPart().Replace(page, "");
        _policy = $"default-src 'none'; style-src {PagePolicy.HashOf(StylePart().Match(page).Groups["style"].Value)}; img-src data:; "
            + "base-uri 'none'; form-action 'none'";
    }

    public IResult Show(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = _policy;
        var origin = _hosts.PublicOrigin ?? $"{http.Request.Scheme}://{http.Request.Host}";
        return TypedResults.Content(
            _page.Replace("{origin}", HtmlEncoder.Default.Encode(origin), StringComparison.Ordinal),
            "text/html; charset=utf-8");
    }

    private static string Read()
    {
        using var stream = typeof(StartPage).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("<!-- demo -->.*<!-- /demo -->\n", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DemoPart();

    [GeneratedRegex("<style>(?<style>.*)</style>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StylePart();
}

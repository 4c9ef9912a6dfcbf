using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>A customer's web site on a separate origin, with one page whose content the test sets.</summary>
internal sealed class CustomerSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CustomerSite(WebApplication app) => _app = app;

    /// <summary>The page's content. May be changed until the page is requested.</summary>
    public string Html { get; set; } = "";

    /// <summary>Whole documents by path, for sites with several pages or a head of their own.</summary>
    public Dictionary<string, string> Documents { get; } = [];

    /// <summary>Other files by path: media type and content.</summary>
    public Dictionary<string, (string Type, byte[] Content)> Files { get; } = [];

    public string? ContentSecurityPolicy { get; set; }

    public string? PermissionsPolicy { get; set; }

    public Uri Address => new(_app.Urls.Single().Replace("127.0.0.1", "localhost"));

    public string Origin => Address.GetLeftPart(UriPartial.Authority);

    public static async Task<CustomerSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var site = new CustomerSite(app);
        app.Urls.Add($"http://127.0.0.1:{FreePorts.Next()}");
        app.Run(context =>
        {
            if (site.ContentSecurityPolicy is { } policy) context.Response.Headers.ContentSecurityPolicy = policy;
            if (site.PermissionsPolicy is { } permissions) context.Response.Headers["Permissions-Policy"] = permissions;
            if (site.Files.TryGetValue(context.Request.Path, out var file))
                return Results.Bytes(file.Content, file.Type, enableRangeProcessing: true).ExecuteAsync(context);
            context.Response.ContentType = "text/html; charset=utf-8";
            if (site.Documents.TryGetValue(context.Request.Path, out var document)) return context.Response.WriteAsync(document);
            return context.Response.WriteAsync(
                "<!doctype html><html lang=\"en\"><head><title>Customer</title><link rel=\"icon\" href=\"data:,\"></head>"
                + $"<body><h1>Customer</h1>{site.Html}</body></html>");
        });
        await app.StartAsync();
        return site;
    }

    /// <summary>The script tag for the widget.</summary>
    public static string Tag(Installation installation, string siteKey, string attributes = "") =>
        $"<script async src=\"{installation.Api}widget.js\" data-site-key=\"{siteKey}\" {attributes}></script>";

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

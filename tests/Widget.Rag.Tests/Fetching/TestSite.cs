using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Widget.Rag.Fetching;

namespace Widget.Rag.Tests.Fetching;

/// <summary>A web site on loopback with pages that a test defines.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestSite(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Options that allow a fetcher to read this site on loopback.</summary>
    public FetchOptions Allowed => new()
    {
        AllowedPrivateHosts = new HashSet<string> { Address.Authority },
        Timeout = TimeSpan.FromSeconds(10),
        HostDelay = TimeSpan.Zero,
        RetryDelay = TimeSpan.FromMilliseconds(10),
    };

    public Uri this[string path] => new(Address, path);

    public static async Task<TestSite> StartAsync(Func<HttpContext, Task> handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(context => handle(context));
        await app.StartAsync();
        return new TestSite(app);
    }

    public static Task<TestSite> StartAsync(IReadOnlyDictionary<string, string> pages) => StartAsync(context =>
    {
        if (!pages.TryGetValue(context.Request.Path, out var page))
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        context.Response.ContentType = context.Request.Path.Value!.EndsWith(".xml", StringComparison.Ordinal)
            ? "application/xml"
            : "text/html; charset=utf-8";
        return context.Response.WriteAsync(page.Replace("{site}", $"http://{context.Request.Host}", StringComparison.Ordinal));
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

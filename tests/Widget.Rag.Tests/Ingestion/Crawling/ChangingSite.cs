using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Widget.Rag.Tests.Fetching;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>A page of a <see cref="ChangingSite"/>.</summary>
/// <param name="Body">Its content; <c>{site}</c> stands for the site's address.</param>
/// <param name="Status">Its HTTP status.</param>
internal sealed record SitePage(string Body, int Status = 200)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public bool Gzip { get; init; }

    /// <summary>Number of 503 responses before the page is delivered.</summary>
    public int Troubles { get; init; }

    /// <summary>Runs while the page is fetched.</summary>
    public Action? Meanwhile { get; init; }

    public static implicit operator SitePage(string body) => new(body);

    /// <summary>A redirect.</summary>
    public static SitePage To(string location) =>
        new("", 302) { Headers = new Dictionary<string, string> { ["Location"] = location } };
}

/// <summary>A site whose pages a test changes between two crawls. It supports ETags and counts requests.</summary>
internal sealed class ChangingSite : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _asked = new();
    private readonly ConcurrentDictionary<string, int> _current = new();
    private TestSite _site = null!;

    public ConcurrentDictionary<string, SitePage> Pages { get; } = new();

    public TestSite Site => _site;

    /// <summary>Shown at every address that has no page; null for the status 404.</summary>
    public SitePage? Fallback { get; set; }

    /// <summary>Shown at every address that starts with the path and has no page; null for the status 404.</summary>
    public (string Path, SitePage Page)? FallbackBelow { get; set; }

    /// <summary>Shown at every address, whatever its page, apart from robots.txt and site maps; null on a good day.</summary>
    public SitePage? Everywhere { get; set; }

    /// <summary>Whether the server sends an ETag.</summary>
    public bool HasETags { get; set; } = true;

    public SitePage this[string path]
    {
        set => Pages[path] = value;
    }

    public static async Task<ChangingSite> StartAsync(params IReadOnlyList<(string Path, SitePage Page)> pages)
    {
        var site = new ChangingSite();
        foreach (var (path, page) in pages) site.Pages[path] = page;
        site._site = await TestSite.StartAsync(site.AnswerAsync);
        return site;
    }

    /// <summary>Number of requests for a page.</summary>
    public int Asked(string path) => _asked.GetValueOrDefault(path);

    /// <summary>Number of requests for a page that were answered with "304 Not Modified".</summary>
    public int NotModified(string path) => _current.GetValueOrDefault(path);

    public void Forget()
    {
        _asked.Clear();
        _current.Clear();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = $"{context.Request.Path}{context.Request.QueryString}";
        var asked = _asked.AddOrUpdate(path, 1, (_, count) => count + 1);
        var page = Pages.GetValueOrDefault(path) ?? Fallback;
        if (page is null && FallbackBelow is var (below, missing) && path.StartsWith(below, StringComparison.Ordinal)) page = missing;
        if (Everywhere is not null && !path.EndsWith(".xml", StringComparison.Ordinal) && path != "/robots.txt") page = Everywhere;
        if (path == "/robots.txt" && !Pages.ContainsKey(path)) page = null;
        if (page is not { Status: 200 })
        {
            context.Response.StatusCode = page?.Status ?? 404;
            foreach (var (name, value) in page?.Headers ?? new Dictionary<string, string>()) context.Response.Headers[name] = value;
            return;
        }

        if (asked <= page.Troubles)
        {
            context.Response.StatusCode = 503;
            return;
        }

        page.Meanwhile?.Invoke();
        var body = Encoding.UTF8.GetBytes(page.Body.Replace("{site}", $"http://{context.Request.Host}", StringComparison.Ordinal)
            .Replace("{path}", path, StringComparison.Ordinal));
        var version = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body))}\"";
        foreach (var (name, value) in page.Headers) context.Response.Headers[name] = value;
        if (HasETags) context.Response.Headers.ETag = version;
        if (HasETags && context.Request.Headers.IfNoneMatch == version)
        {
            _current.AddOrUpdate(path, 1, (_, count) => count + 1);
            context.Response.StatusCode = 304;
            return;
        }

        context.Response.ContentType = path.EndsWith(".xml", StringComparison.Ordinal) ? "application/xml"
            : path.EndsWith(".txt", StringComparison.Ordinal) ? "text/plain"
            : page.Gzip ? "application/gzip" : "text/html; charset=utf-8";
        if (!page.Gzip)
        {
            await context.Response.Body.WriteAsync(body);
            return;
        }

        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        await gzip.WriteAsync(body);
    }
}

using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Widget.Api.Configuration;
using Widget.Api.Web;

namespace Widget.Api.Host;

/// <summary>Serves the built widget: the loader at /widget.js and everything it loads under /embed.</summary>
internal static partial class Embed
{
    private const string Loader = "/widget.js";
    private const string Folder = "/embed";
    private const string Forever = "public, max-age=31536000, immutable";
    private const string FiveMinutes = "public, max-age=300";

    /// <summary>The configured folder; null when it is not set.</summary>
    public static string? ReadFolder(Variables variables)
    {
        var folder = variables.Text("WIDGET_EMBED");
        if (folder is not null && !Directory.Exists(folder)) variables.Errors.Add($"WIDGET_EMBED is \"{folder}\", which is not a folder.");
        return folder;
    }

    public static void UseEmbed(this WebApplication app, string? configured)
    {
        var folder = configured
            ?? Array.Find(
                [
                    Path.Combine(AppContext.BaseDirectory, "embed"),
                    Path.Combine(app.Environment.ContentRootPath, "..", "Widget.Embed", "dist"),
                ],
                Directory.Exists);
        if (folder is null || !File.Exists(Path.Combine(folder, "widget.js")))
        {
            app.MapGet(Loader, () => Problems.Create(
                StatusCodes.Status503ServiceUnavailable,
                "The widget has not been built. Run `npm ci && npm run build` in src/Widget.Embed.")).ExcludeFromDescription();
            return;
        }

        var files = new PhysicalFileProvider(Path.GetFullPath(folder));
        app.Use((http, next) =>
        {
            PickCompressed(http.Request, files);
            return next(http);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            RequestPath = Folder,
            ContentTypeProvider = Types,
            OnPrepareResponse = response => Publish(response, HashedName().IsMatch(response.File.Name) ? Forever : FiveMinutes),
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new OnlyFile(files, Loader),
            ContentTypeProvider = Types,
            // A site's script tag never changes, so a new loader must reach it at the same address, and soon.
            OnPrepareResponse = response => Publish(response, FiveMinutes),
        });
    }

    // The build compresses each file at the highest level, which would be too slow to do for each request.
    private static readonly (string Encoding, string Ending)[] Compressed = [("br", ".br"), ("gzip", ".gz")];

    private static readonly FileExtensionContentTypeProvider Types = new(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".js"] = "text/javascript",
        [".css"] = "text/css",
        [".png"] = "image/png",
        [".br"] = "application/octet-stream",
        [".gz"] = "application/octet-stream",
    });

    // Changes the request's path to that of the compressed file, if the browser accepts it.
    private static void PickCompressed(HttpRequest request, PhysicalFileProvider files)
    {
        var file = request.Path == Loader ? request.Path
            : request.Path.StartsWithSegments(Folder, StringComparison.Ordinal, out var rest) ? rest
            : default;
        if (!file.HasValue) return;
        var accepted = request.Headers.AcceptEncoding.ToString();
        foreach (var (encoding, ending) in Compressed)
        {
            if (!accepted.Contains(encoding, StringComparison.OrdinalIgnoreCase) || !files.GetFileInfo(file + ending).Exists) continue;
            request.Path += ending;
            return;
        }
    }

    // The content of a file with a hash in its name never changes.
    [GeneratedRegex(@"-[\w-]{8,}\.(js|css)(\.(br|gz))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HashedName();

    // Browsers load modules with CORS, from every site that embeds the widget.
    private static void Publish(StaticFileResponseContext response, string cacheControl)
    {
        var headers = response.Context.Response.Headers;
        headers.CacheControl = cacheControl;
        headers.Vary = "Accept-Encoding";
        headers.AccessControlAllowOrigin = "*";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        var name = response.File.Name;
        if (Array.Find(Compressed, form => name.EndsWith(form.Ending, StringComparison.Ordinal)) is not { Ending: { } ending } compressed)
            return;
        headers.ContentEncoding = compressed.Encoding;
        if (Types.TryGetContentType(name[..^ending.Length], out var type)) response.Context.Response.ContentType = type;
    }

    /// <summary>Serves one file and its compressed forms, so that the rest of the folder is not reachable at the root.</summary>
    private sealed class OnlyFile(IFileProvider files, string path) : IFileProvider
    {
        public IFileInfo GetFileInfo(string subpath) =>
            subpath == path || Array.Exists(Compressed, form => subpath == path + form.Ending)
                ? files.GetFileInfo(subpath)
                : new NotFoundFileInfo(subpath);

        public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

        public Microsoft.Extensions.Primitives.IChangeToken Watch(string filter) => NullChangeToken.Singleton;
    }
}

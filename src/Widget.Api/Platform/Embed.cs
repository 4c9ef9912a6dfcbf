using System.Text.RegularExpressions;
using Microsoft.Extensions.FileProviders;

namespace Widget.Api.Platform;

/// <summary>Serves the built widget: the loader at /widget.js and everything it loads under /embed.</summary>
internal static partial class Embed
{
    private const string Folder = "/embed";

    public static void UseEmbed(this WebApplication app, ServerOptions options)
    {
        var folder = options.EmbedFolder
            ?? Array.Find(
                [Path.Combine(AppContext.BaseDirectory, "embed"), Path.Combine(app.Environment.ContentRootPath, "..", "Widget.Embed", "dist")],
                Directory.Exists);
        if (folder is null || !File.Exists(Path.Combine(folder, "widget.js")))
        {
            app.MapGet("/widget.js", () => Problems.Because(
                StatusCodes.Status503ServiceUnavailable,
                "The widget has not been built. Run `npm ci && npm run build` in src/Widget.Embed.")).ExcludeFromDescription();
            return;
        }

        var files = new PhysicalFileProvider(Path.GetFullPath(folder));
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            RequestPath = Folder,
            OnPrepareResponse = response => Publish(response.Context, HashedName().IsMatch(response.File.Name) ? "public, max-age=31536000, immutable" : "public, max-age=300"),
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new OnlyFile(files, "/widget.js"),
            // Pages keep the tag for years, so its content must be able to change soon.
            OnPrepareResponse = response => Publish(response.Context, "public, max-age=300"),
        });
    }

    // A name that carries a hash of its content never means anything else.
    [GeneratedRegex(@"-[\w-]{8,}\.(js|css)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HashedName();

    // Modules are fetched with CORS, from whatever site carries the tag.
    private static void Publish(HttpContext http, string cacheControl)
    {
        http.Response.Headers.CacheControl = cacheControl;
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
    }

    private sealed class OnlyFile(IFileProvider files, string path) : IFileProvider
    {
        public IFileInfo GetFileInfo(string subpath) => subpath == path ? files.GetFileInfo(path) : new NotFoundFileInfo(subpath);

        public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

        public Microsoft.Extensions.Primitives.IChangeToken Watch(string filter) => NullChangeToken.Singleton;
    }
}

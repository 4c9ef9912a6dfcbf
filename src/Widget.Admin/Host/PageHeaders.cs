namespace Widget.Admin.Host;

/// <summary>
/// Sets headers that browsers enforce: the console's pages cannot be framed, load scripts only from the console itself, and show frames
/// only of the API, for the preview of the widget.
/// </summary>
public sealed class PageHeaders(RequestDelegate next, ConsoleOptions options)
{
    // Blazor and the component library set styles of single elements.
    private readonly string _policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https: http:; "
        + $"media-src 'self' data: blob: https: http:; connect-src 'self' ws: wss:; frame-src 'self' {options.Api.GetLeftPart(UriPartial.Authority)} "
        + "https:; frame-ancestors 'none'; base-uri 'self'; form-action 'self' https: http:; object-src 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = _policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "geolocation=(), payment=()";
        return next(context);
    }
}

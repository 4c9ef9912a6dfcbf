using Widget.Admin.Api;

namespace Widget.Admin.Recordings;

/// <summary>
/// Passes recordings on from the API to the browser's player, because only the console has the viewer's session. The player asks for parts
/// of the file (RFC 9110, section 14), so the headers of ranges are passed on in both directions.
/// </summary>
internal static class RecordingContent
{
    private static readonly string[] RangeHeaders = ["Range", "If-Range"];

    public static string PathOf(string tenant, Guid id) => $"/{tenant}/recordings/{id}/content";

    public static void MapRecordingContent(this IEndpointRouteBuilder routes) =>
        routes.MapGet(
            "/{tenant}/recordings/{id:guid}/content",
            async (string tenant, Guid id, HttpContext http, ApiClient api, Workspace workspace, CancellationToken ct) =>
            {
                // Other names are no tenant's and cannot be sent in a header.
                if (!tenant.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
                {
                    http.Response.StatusCode = StatusCodes.Status404NotFound;
                    return;
                }

                api.UseToken(http.User.FindFirst(Workspace.TokenClaim)?.Value);
                workspace.Open(tenant);
                try
                {
                    await PassOnAsync(http, api, id, ct);
                }
                catch (ApiException failure)
                {
                    http.Response.StatusCode = failure.Status is { } status ? (int)status : StatusCodes.Status502BadGateway;
                }
            }).RequireAuthorization();

    private static async Task PassOnAsync(HttpContext http, ApiClient api, Guid id, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/video/recordings/{id}/content");
        foreach (var name in RangeHeaders.Where(http.Request.Headers.ContainsKey))
            request.Headers.TryAddWithoutValidation(name, http.Request.Headers[name].ToString());
        using var response = await api.SendAsync(request, ct);
        var (headers, target) = (response.Content.Headers, http.Response);
        target.StatusCode = (int)response.StatusCode;
        target.ContentType = headers.ContentType?.ToString();
        target.ContentLength = headers.ContentLength;
        if (headers.ContentRange is { } range) target.Headers.ContentRange = range.ToString();
        target.Headers.AcceptRanges = "bytes";
        target.Headers.CacheControl = "private, no-store";
        await response.Content.CopyToAsync(target.Body, ct);
    }
}

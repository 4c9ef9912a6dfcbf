using System.Net;
using System.Net.Http.Headers;
using Widget.Platform.Outbound;

namespace Widget.Rag.Fetching;

/// <summary>
/// Fetches pages that tenants choose. It never reaches private addresses: every connection is checked, so neither DNS nor a redirect can
/// bypass the check.
/// </summary>
public sealed class PageFetcher
{
    private readonly FetchOptions _options;
    private readonly HttpClient _http;

    public PageFetcher(FetchOptions options, IHttpClientFactory clients)
    {
        _options = options;
        _http = clients.CreateClient(OutboundClients.Tenant);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        _http.DefaultRequestHeaders.Accept.ParseAdd(
            "text/html,application/xhtml+xml,application/pdf;q=0.9,text/markdown;q=0.9,text/plain;q=0.8,*/*;q=0.1");
    }

    /// <summary>The document at an address. <see cref="RawDocument.Address"/> is where the redirects led.</summary>
    /// <exception cref="IngestionFailureException">The document cannot be fetched; the message says why, for people.</exception>
    public async Task<RawDocument> FetchAsync(Uri address, CancellationToken ct) =>
        (await FetchAsync(new FetchRequest(address), ct)).Document!;

    /// <summary>The document at an address, or that it has not changed.</summary>
    /// <exception cref="IngestionFailureException">The document cannot be fetched; the message says why, for people.</exception>
    public async Task<FetchedPage> FetchAsync(FetchRequest request, CancellationToken ct)
    {
        var address = request.Address;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(_options.Timeout);
        var target = address;
        try
        {
            for (var hop = 0; hop <= _options.MaxRedirects; hop++)
            {
                if (target.Scheme is not ("http" or "https"))
                    throw new IngestionFailureException($"Only http and https addresses can be read, not {target.Scheme}.");
                if (request.Permit is { } permit) await permit(target, deadline.Token);
                using var message = Message(request, target, hop);
                using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
                if (IsRedirect(response.StatusCode) && response.Headers.Location is { } location)
                {
                    if (!Uri.TryCreate(target, location, out var next))
                        throw new IngestionFailureException($"{target} redirects to an invalid address.");
                    target = next;
                    continue;
                }

                var page = new FetchedPage(Document: null)
                {
                    ETag = First(response.Headers, "ETag"),
                    LastModified = First(response.Content.Headers, "Last-Modified"),
                    RobotsTags = response.Headers.TryGetValues("X-Robots-Tag", out var tags) ? [.. tags] : [],
                };
                var current = response.StatusCode == HttpStatusCode.NotModified
                    && hop == 0
                    && (request.ETag ?? request.LastModified) is not null;
                return current ? page : page with { Document = await ReadAsync(target, response, request.MaxBytes, deadline.Token) };
            }

            throw Failed(FetchFailure.Redirects, $"{address} redirects more than {_options.MaxRedirects} times, perhaps in a circle.");
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Failed(
                FetchFailure.TooSlow,
                $"{target.Host} did not deliver the page within {_options.Timeout.TotalSeconds:0} seconds. "
                + "It may be a page that never ends.",
                e);
        }
        catch (HttpRequestException e)
        {
            throw Explain(target, e);
        }
        catch (IOException e)
        {
            throw Failed(FetchFailure.Temporary, $"{target.Host} closed the connection before the page was complete.", e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or IngestionFailureException))
        {
            // Servers' answers can be wrong in more ways than can be listed: compression other than announced, invalid host names. Only
            // this page fails.
            throw new IngestionFailureException($"{target.Host} did not answer as a web server should.", e);
        }
    }

    private static HttpRequestMessage Message(FetchRequest request, Uri target, int hop)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, target);
        // The validators belong to the address that sent them, not to the one it redirects to.
        if (hop == 0 && request.ETag is { } etag) message.Headers.TryAddWithoutValidation("If-None-Match", etag);
        if (hop == 0 && request.LastModified is { } modified) message.Headers.TryAddWithoutValidation("If-Modified-Since", modified);
        return message;
    }

    private async Task<RawDocument> ReadAsync(Uri address, HttpResponseMessage response, int? maxBytes, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode) throw Refused(address, (int)response.StatusCode);
        var body = await BoundedBody.ReadAsync(response.Content, maxBytes ?? _options.MaxBytes, ct);
        if (!body.IsComplete && maxBytes is null)
            throw new IngestionFailureException($"{address} is larger than {_options.MaxBytes >> 20} MB.");
        var type = response.Content.Headers.ContentType;
        return new RawDocument(body.Content, type?.MediaType?.ToLowerInvariant() ?? MediaTypes.Html, Charset(type), address);
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static string? First(HttpHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static string? Charset(MediaTypeHeaderValue? type) => type?.CharSet?.Trim('"', '\'', ' ');

    private static FetchFailureException Failed(FetchFailure failure, string message, Exception? inner = null) =>
        new(message, inner!) { Failure = failure };

    private static FetchFailureException Refused(Uri address, int status)
    {
        var (failure, message) = status switch
        {
            404 or 410 => (FetchFailure.Gone, $"There is no page at {address} ({status})."),
            401 or 403 => (FetchFailure.Refused, $"{address} may not be read without signing in ({status})."),
            429 => (FetchFailure.Temporary, $"{address.Host} asks for fewer requests ({status}). Try again later."),
            >= 500 => (FetchFailure.Temporary, $"{address.Host} answered with an error of its own ({status}). Try again later."),
            >= 400 => (FetchFailure.Refused, $"{address} answered with status {status}."),
            _ => (FetchFailure.Other, $"{address} answered with status {status}."),
        };
        return new FetchFailureException(message) { Failure = failure, Address = address };
    }

    private static FetchFailureException Explain(Uri address, HttpRequestException e)
    {
        if (PrivateAddressException.IsCauseOf(e))
            return Failed(
                FetchFailure.Unreachable,
                $"{address.Host} is not on the public internet, so it cannot be read. The operator can allow it (WIDGET_FETCH_ALLOW).",
                e);
        return e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => Failed(FetchFailure.Unreachable, $"There is no host called {address.Host}.", e),
            HttpRequestError.SecureConnectionError =>
                Failed(FetchFailure.Unreachable, $"{address.Host} has no valid certificate for https.", e),
            HttpRequestError.ConnectionError => Failed(FetchFailure.Temporary, $"Can't connect to {address.Authority}.", e),
            _ => Failed(FetchFailure.Temporary, $"{address.Host} did not answer as a web server should.", e),
        };
    }
}

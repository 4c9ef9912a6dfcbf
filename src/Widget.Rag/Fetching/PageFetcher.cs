using System.Net;
using System.Net.Http.Headers;

namespace Widget.Rag.Fetching;

/// <summary>
/// Fetches pages that tenants name. It never reaches private addresses: the check is made on the address that is connected
/// to, for every connection, so neither DNS nor a redirect can lead it astray.
/// </summary>
public sealed class PageFetcher : IDisposable
{
    private readonly FetchOptions _options;
    private readonly HttpClient _http;

    public PageFetcher(FetchOptions options)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            UseCookies = false,
            UseProxy = false, // a proxy would connect for us, unchecked
            ConnectCallback = (context, ct) => GuardedConnection.ConnectAsync(context.DnsEndPoint, options.AllowedPrivateHosts, ct),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan, // each fetch has its own deadline
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        _http.DefaultRequestHeaders.Accept.ParseAdd("text/html,application/xhtml+xml,application/pdf;q=0.9,text/markdown;q=0.9,text/plain;q=0.8,*/*;q=0.1");
    }

    /// <summary>The document at an address. <see cref="RawDocument.Address"/> is where the redirects led.</summary>
    /// <exception cref="IngestionFailureException">It cannot be had; the message says why, in words for people.</exception>
    public async Task<RawDocument> FetchAsync(Uri address, CancellationToken ct) => (await FetchAsync(new FetchRequest(address), ct)).Document!;

    /// <summary>The document at an address, or that it has not changed.</summary>
    /// <exception cref="IngestionFailureException">It cannot be had; the message says why, in words for people.</exception>
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
                using var message = new HttpRequestMessage(HttpMethod.Get, target);
                // A version is that of the address it was had from; where a redirect leads, there may be another.
                if (hop == 0 && request.ETag is { } etag) message.Headers.TryAddWithoutValidation("If-None-Match", etag);
                if (hop == 0 && request.LastModified is { } modified) message.Headers.TryAddWithoutValidation("If-Modified-Since", modified);
                using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
                if (response.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
                        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
                    && response.Headers.Location is { } location)
                {
                    if (!Uri.TryCreate(target, location, out var next))
                        throw new IngestionFailureException($"{target} redirects to something that is no address.");
                    target = next;
                    continue;
                }

                var page = new FetchedPage(Document: null)
                {
                    ETag = First(response.Headers, "ETag"),
                    LastModified = First(response.Content.Headers, "Last-Modified"),
                    RobotsTags = response.Headers.TryGetValues("X-Robots-Tag", out var tags) ? [.. tags] : [],
                };
                var current = response.StatusCode == HttpStatusCode.NotModified && hop == 0 && (request.ETag ?? request.LastModified) is not null;
                return current ? page : page with { Document = await ReadAsync(target, response, request.Most, deadline.Token) };
            }

            throw Failed(FetchFailure.Redirects, $"{address} redirects more than {_options.MaxRedirects} times, perhaps in a circle.");
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Failed(FetchFailure.TooSlow, $"{target.Host} did not deliver the page within {_options.Timeout.TotalSeconds:0} seconds. It may be a page that never ends.", e);
        }
        catch (HttpRequestException e)
        {
            throw Explain(target, e);
        }
        catch (IOException e)
        {
            throw Failed(FetchFailure.Temporary, $"{target.Host} broke the connection off before the page was complete.", e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or IngestionFailureException))
        {
            // What servers send can be wrong in more ways than can be listed: contents that are not compressed as they say, hosts that
            // are none. It is their page that fails.
            throw new IngestionFailureException($"{target.Host} did not answer as a web server should.", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<RawDocument> ReadAsync(Uri address, HttpResponseMessage response, int? most, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode)
        {
            var status = (int)response.StatusCode;
            var kind = status switch
            {
                404 or 410 => FetchFailure.Gone,
                429 or >= 500 => FetchFailure.Temporary,
                >= 400 => FetchFailure.Refused,
                _ => FetchFailure.Other,
            };
            throw Failed(kind, status switch
            {
                404 or 410 => $"There is no page at {address} ({status}).",
                401 or 403 => $"{address} may not be read without signing in ({status}).",
                429 => $"{address.Host} asks for fewer requests ({status}). Try again later.",
                >= 500 => $"{address.Host} answered with an error of its own ({status}). Try again later.",
                _ => $"{address} answered with status {status}.",
            });
        }

        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            content.Write(buffer, 0, read);
            if (content.Length >= most) break;
            if (content.Length > _options.MaxBytes)
                throw new IngestionFailureException($"{address} is larger than {_options.MaxBytes >> 20} MB.");
        }

        var type = response.Content.Headers.ContentType;
        return new RawDocument(content.ToArray().AsMemory(0, (int)Math.Min(content.Length, most ?? long.MaxValue)), type?.MediaType?.ToLowerInvariant() ?? MediaTypes.Html, Charset(type), address);
    }

    private static string? First(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static FetchFailureException Failed(FetchFailure failure, string message, Exception? inner = null) => new(message, inner!) { Failure = failure };

    private static string? Charset(MediaTypeHeaderValue? type) => type?.CharSet?.Trim('"', '\'', ' ');

    private static IngestionFailureException Explain(Uri address, HttpRequestException e)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
            if (inner is IngestionFailureException known) return known;
        return Failed(
            e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError ? FetchFailure.Unreachable : FetchFailure.Temporary,
            e.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => $"There is no host called {address.Host}.",
                HttpRequestError.ConnectionError => $"Nobody answers at {address.Authority}.",
                HttpRequestError.SecureConnectionError => $"{address.Host} has no valid certificate for https.",
                _ => $"{address.Host} did not answer as a web server should.",
            },
            e);
    }
}

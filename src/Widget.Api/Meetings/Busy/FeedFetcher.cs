using System.Net;
using System.Text;
using Widget.Api.Outbound;
using Widget.Platform.Outbound;
using Widget.Rag.Fetching;

namespace Widget.Api.Meetings.Busy;

/// <summary>How calendar feeds are read.</summary>
public sealed record BusyFeedTimings
{
    /// <summary>The time between two reads.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Maximum pause after failures. It doubles with each failure in a row.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Time limit of a read, from the first byte sent to the last received, including redirects.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often to look for feeds that are due.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Fetches calendar feeds that tenants choose, from public addresses only.</summary>
internal sealed class FeedFetcher(IHttpClientFactory clients, FetchOptions fetching, BusyFeedTimings timings, TimeProvider clock)
{
    private const int MaxBytes = 8 << 20;
    private const int MaxRedirects = 5;

    /// <summary>Reads an address that a tenant has typed. Calendar programs write webcal for https.</summary>
    /// <returns>The address, or what is wrong with it.</returns>
    public static (Uri? Address, string? Error) Parse(string text, FetchOptions fetching)
    {
        text = text.Trim();
        foreach (var scheme in new[] { "webcal://", "webcals://" })
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) text = $"https://{text[scheme.Length..]}";
        return TenantAddresses.ReadServer("url", text, "https://calendar.example.com/basic.ics", fetching, "https or webcal");
    }

    /// <summary>Returns the document at an address.</summary>
    /// <exception cref="FeedFailureException">It cannot be fetched.</exception>
    public async Task<string> FetchAsync(Uri address, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(timings.TimeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await FollowAsync(address, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new FeedFailureException($"The feed did not arrive within {timings.TimeLimit.TotalSeconds:0} seconds.", e);
        }
        catch (HttpRequestException e) when (PrivateAddressException.IsCauseOf(e))
        {
            throw new FeedFailureException("The feed's host has no public address.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new FeedFailureException("The feed's server cannot be reached.", e);
        }
    }

    private async Task<string> FollowAsync(Uri address, CancellationToken ct)
    {
        var http = clients.CreateClient(OutboundClients.Tenant);
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.ParseAdd("text/calendar, */*;q=0.1");
            request.Headers.UserAgent.ParseAdd("WidgetBot/1.0 (calendar feed)");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (response.Headers.Location is { } location && (int)response.StatusCode is >= 300 and < 400)
            {
                if (!Uri.TryCreate(address, location, out var next) || !IsAllowed(next, fetching))
                    throw new FeedFailureException("The feed redirects to an address that is not https.");
                address = next;
                continue;
            }

            if (response.StatusCode != HttpStatusCode.OK)
                throw new FeedFailureException($"The feed's server answered with status {(int)response.StatusCode}.");
            var body = await BoundedBody.ReadAsync(response.Content, MaxBytes, ct);
            return body.IsComplete
                ? Encoding.UTF8.GetString(body.Content.Span)
                : throw new FeedFailureException($"The feed is larger than {MaxBytes >> 20} MB.");
        }

        throw new FeedFailureException($"The feed redirects more than {MaxRedirects} times.");
    }

    // The address gives access to the calendar, and so does what is sent back.
    private static bool IsAllowed(Uri address, FetchOptions fetching) =>
        address is { Scheme: "https" or "http", UserInfo: "" } && TenantAddresses.IsSafe(address, fetching);
}

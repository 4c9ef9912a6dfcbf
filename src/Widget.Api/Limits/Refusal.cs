using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Widget.Api.Limits;

/// <summary>The result when a rate limit is reached.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Wait">The time after which the caller may try again.</param>
public sealed record Refusal(Limit Limit, TimeSpan Wait)
{
    public const string Code = "rate_limited";

    /// <summary>The wait in whole seconds, rounded up.</summary>
    public int Seconds => Math.Max(1, (int)Math.Ceiling(Wait.TotalSeconds));

    /// <summary>The error message for people.</summary>
    public string Message => (Limit switch
    {
        Limit.Sessions => "Too many chats were opened from this address.",
        Limit.TenantSessions or Limit.TenantMessages => "Many people are using this chat right now.",
        Limit.Messages => "You are sending messages too quickly.",
        Limit.ApiCalls => "This API key has reached its limit on API calls.",
        Limit.Searches => "This API key has reached its limit on searches.",
        Limit.Uploads => "This API key has reached its limit on uploads.",
        Limit.Transcripts or Limit.AddressTranscripts or Limit.TenantTranscripts => "Too many transcripts have been requested.",
        Limit.PersonRequests or Limit.TenantPersonRequests => "Too many requests for a person have been sent.",
        Limit.Contacts or Limit.TenantContacts => "Contact details have been sent too often.",
        Limit.Meetings or Limit.TenantMeetings => "Too many meetings have been booked or changed.",
        Limit.Attachments or Limit.TenantAttachments => "Too many files have been sent.",
        Limit.Completions => "This key has reached its limit on completions.",
        Limit.SignIns => "Too many sign-ins came from this address.",
        _ => "Too many requests.",
    }) + $" Please try again in {Seconds.ToString(CultureInfo.InvariantCulture)} {(Seconds == 1 ? "second" : "seconds")}.";

    /// <summary>The error message of the hub. SignalR's errors are plain text, so the message ends with a part for programs.</summary>
    public string HubMessage => ToHubMessage(Message, Seconds);

    public static string ToHubMessage(string message, int seconds) =>
        $"{message} [{Code} retry-after={seconds.ToString(CultureInfo.InvariantCulture)}]";

    /// <summary>Returns the refusal as an endpoint's result, and sets the Retry-After header.</summary>
    public ProblemHttpResult ToProblem(HttpContext http)
    {
        SetRetryAfter(http, Seconds);
        return TypedResults.Problem(Details());
    }

    public static void SetRetryAfter(HttpContext http, int seconds) =>
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the refusal as the response, in the endpoint's error format.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        SetRetryAfter(http, Seconds);
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        if (http.GetEndpoint()?.Metadata.GetMetadata<RateLimitErrorShape>() is { } shape)
        {
            await http.Response.WriteAsJsonAsync(shape.Body(Message), http.RequestAborted);
            return;
        }

        var problems = http.RequestServices.GetRequiredService<IProblemDetailsService>();
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = http, ProblemDetails = Details() });
    }

    private ProblemDetails Details() => new()
    {
        Status = StatusCodes.Status429TooManyRequests,
        Title = Message,
        // Scripts of other sites can read the body. They can read headers only if CORS exposes them.
        Extensions = { ["code"] = Code, ["retryAfter"] = Seconds },
    };
}

/// <summary>Marks endpoints whose rate limit errors are not problem details.</summary>
/// <param name="Body">Creates the response's body from the message.</param>
internal sealed record RateLimitErrorShape(Func<string, object> Body);

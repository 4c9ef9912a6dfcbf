using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Widget.Api.Limits;

/// <summary>A limit was reached, and when to try again.</summary>
public sealed record Refusal(Limit Limit, TimeSpan Wait)
{
    public const string Code = "rate_limited";

    /// <summary>The wait in whole seconds, rounded up.</summary>
    public int Seconds => Math.Max(1, (int)Math.Ceiling(Wait.TotalSeconds));

    /// <summary>For people.</summary>
    public string Words => (Limit switch
    {
        Limit.Sessions => "Too many chats were opened from this address.",
        Limit.TenantSessions or Limit.TenantMessages => "Many people are using this chat right now.",
        Limit.Messages => "You are sending messages too quickly.",
        Limit.ApiCalls => "This API key has reached its limit on API calls.",
        Limit.Searches => "This API key has reached its limit on searches.",
        Limit.Uploads => "This API key has reached its limit on uploads.",
        Limit.Completions => "This key has reached its limit on completions.",
        _ => "Too many requests.",
    }) + $" Please try again in {Seconds.ToString(CultureInfo.InvariantCulture)} {(Seconds == 1 ? "second" : "seconds")}.";

    /// <summary>For the hub, whose errors are only text: the words, followed by a part for programs.</summary>
    public string HubWords => HubText(Words, Seconds);

    public static string HubText(string words, int seconds) =>
        $"{words} [{Code} retry-after={seconds.ToString(CultureInfo.InvariantCulture)}]";

    /// <summary>As an endpoint's result. Also sets the header.</summary>
    public ProblemHttpResult ToProblem(HttpContext http)
    {
        SetRetryAfter(http, Seconds);
        return TypedResults.Problem(Details());
    }

    public static void SetRetryAfter(HttpContext http, int seconds) =>
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>As the whole response, in the shape that the endpoint's callers read.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        SetRetryAfter(http, Seconds);
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        if (http.GetEndpoint()?.Metadata.GetMetadata<RefusalShape>() is { } shape)
        {
            await http.Response.WriteAsJsonAsync(shape.Body(Words), http.RequestAborted);
            return;
        }

        var problems = http.RequestServices.GetRequiredService<IProblemDetailsService>();
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = http, ProblemDetails = Details() });
    }

    private ProblemDetails Details() => new()
    {
        Status = StatusCodes.Status429TooManyRequests,
        Title = Words,
        // Scripts of other sites can read the body, but headers only if CORS exposes them.
        Extensions = { ["code"] = Code, ["retryAfter"] = Seconds },
    };
}

/// <summary>Marks endpoints whose errors have another shape than problem details.</summary>
/// <param name="Body">The response's body, for the words.</param>
internal sealed record RefusalShape(Func<string, object> Body);

using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Widget.Api.Limits;

/// <summary>Too many, and when it may be tried again.</summary>
public sealed record Refusal(Limit Limit, TimeSpan Wait)
{
    public const string Code = "rate_limited";

    /// <summary>The wait in whole seconds, rounded up.</summary>
    public int Seconds => Math.Max(1, (int)Math.Ceiling(Wait.TotalSeconds));

    /// <summary>For people.</summary>
    public string Words => (Limit switch
    {
        Limit.Sessions => "Many chats were opened from this address in a short time.",
        Limit.TenantSessions or Limit.TenantMessages => "Many people are asking here at this moment.",
        Limit.Messages => "These are many messages in a short time.",
        Limit.ApiCalls => "This API key makes more calls than are allowed.",
        Limit.Searches => "This API key makes more searches than are allowed.",
        Limit.Uploads => "This API key makes more uploads than are allowed.",
        Limit.Completions => "This key asks for more completions than are allowed.",
        _ => "There are more requests than are allowed.",
    }) + $" Please try again in {Seconds.ToString(CultureInfo.InvariantCulture)} {(Seconds == 1 ? "second" : "seconds")}.";

    /// <summary>For the hub, whose errors are text alone: the words, then what a program can read.</summary>
    public string HubWords => HubText(Words, Seconds);

    public static string HubText(string words, int seconds) => $"{words} [{Code} retry-after={seconds.ToString(CultureInfo.InvariantCulture)}]";

    /// <summary>As an endpoint's result; sets the header, too.</summary>
    public ProblemHttpResult ToProblem(HttpContext http)
    {
        SetRetryAfter(http, Seconds);
        return TypedResults.Problem(Details());
    }

    public static void SetRetryAfter(HttpContext http, int seconds) => http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

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
        // Scripts of other sites read a body, but a header only where they are allowed to.
        Extensions = { ["code"] = Code, ["retryAfter"] = Seconds },
    };
}

/// <summary>Marks endpoints whose errors have another shape than problem details.</summary>
/// <param name="Body">The response's body, for the words.</param>
internal sealed record RefusalShape(Func<string, object> Body);

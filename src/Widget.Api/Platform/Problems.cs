using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;
using Widget.Contracts;

namespace Widget.Api.Platform;

/// <summary>Errors as RFC 9457 problem details, in words a person understands.</summary>
internal static class Problems
{
    public static Task WriteAsync(HttpContext http, int status, string title)
    {
        http.Response.StatusCode = status;
        return http.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            ProblemDetails = new ProblemDetails { Status = status, Title = title },
        }).AsTask();
    }

    public static ProblemHttpResult Because(int status, string title) => TypedResults.Problem(statusCode: status, title: title);

    public static ProblemHttpResult NotFound(string what) => Because(StatusCodes.Status404NotFound, $"There is no such {what}.");

    /// <summary>Puts words in the place of the bare status names that the framework gives.</summary>
    public static void SayInWords(ProblemDetailsContext context) =>
        context.ProblemDetails.Title = (context.ProblemDetails.Status, context.ProblemDetails.Title) switch
        {
            (StatusCodes.Status404NotFound, "Not Found") => "There is nothing at this address.",
            (StatusCodes.Status405MethodNotAllowed, "Method Not Allowed") => "This address does not take that method.",
            (StatusCodes.Status413PayloadTooLarge, "Content Too Large" or "Payload Too Large") => "The request is too large.",
            (StatusCodes.Status415UnsupportedMediaType, "Unsupported Media Type") => "The request's content type is not one that is understood here.",
            var (_, title) => title,
        };

    /// <summary>One field's error.</summary>
    public static ValidationProblem Invalid(string field, string error) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [error] }, title: error);
}

/// <summary>
/// Writes problem details whatever the caller says it accepts: an error is better read as JSON than not at all, also by someone who asked
/// for a stream. The framework's own writer, which comes first, declines then.
/// </summary>
internal sealed class UnconditionalProblems(IOptions<ProblemDetailsOptions> options, IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        context.ProblemDetails.Status ??= http.Response.StatusCode;
        context.ProblemDetails.Title ??= Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(http.Response.StatusCode);
        context.ProblemDetails.Extensions["traceId"] = System.Diagnostics.Activity.Current?.Id ?? http.TraceIdentifier;
        options.Value.CustomizeProblemDetails?.Invoke(context);
        await http.Response.WriteAsJsonAsync(context.ProblemDetails, context.ProblemDetails.GetType(), json.Value.SerializerOptions, "application/problem+json");
    }
}

/// <summary>The one place that turns exceptions into problem details.</summary>
internal sealed partial class ExceptionProblems(IProblemDetailsService problems, ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, title) = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                (StatusCodes.Status413PayloadTooLarge, "The request is too large."),
            BadHttpRequestException { InnerException: JsonException json } =>
                (StatusCodes.Status400BadRequest, Explain(json)),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            Conversations.ClientIdTakenException taken => (StatusCodes.Status409Conflict, taken.Message),
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested =>
                (StatusCodes.Status499ClientClosedRequest, "The request was given up."),
            NpgsqlException { IsTransient: true } or TimeoutException =>
                (StatusCodes.Status503ServiceUnavailable, "The database is not to be reached just now. Please try again in a moment."),
            _ => (StatusCodes.Status500InternalServerError, "Something went wrong on our side. It has been logged under the trace id."),
        };
        if (status >= StatusCodes.Status500InternalServerError) LogFault(exception, httpContext.Request.Method, httpContext.Request.Path);
        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = status, Title = title },
        });
    }

    private static string Explain(JsonException e)
    {
        if (e.Path is not { Length: > 1 } path) return "The request is not valid JSON.";
        var field = path.TrimStart('$', '.');
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal)) return $"{field} is not a field of this request.";
        var expected = ExpectedType().Match(e.Message).Groups["type"].Value;
        return typeof(TenantSettings).Assembly.GetType(expected) is { IsEnum: true } choice
            ? $"{field} must be one of {string.Join(", ", Enum.GetValues(choice).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, choice).GetString()))}."
            : $"{field} is not valid.";
    }

    [GeneratedRegex(@"could not be converted to (?<type>[\w.]+)\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExpectedType();

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFault(Exception exception, string method, string path);
}

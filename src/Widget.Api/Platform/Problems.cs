using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

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

    /// <summary>One field's error.</summary>
    public static ValidationProblem Invalid(string field, string error) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [error] }, title: error);
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

    private static string Explain(JsonException e) =>
        e.Path is { Length: > 0 } path && path != "$" ? $"The request's {path.TrimStart('$', '.')} is not valid." : "The request is not valid JSON.";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFault(Exception exception, string method, string path);
}

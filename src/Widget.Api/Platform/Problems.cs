using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
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

    /// <param name="status">HTTP status.</param>
    /// <param name="title">For people.</param>
    /// <param name="code">For programs.</param>
    public static ProblemHttpResult Because(int status, string title, string code) =>
        TypedResults.Problem(statusCode: status, title: title, extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code });

    public static ProblemHttpResult NotFound(string what) => Because(StatusCodes.Status404NotFound, $"There is no such {what}.");

    /// <summary>Puts words in the place of the bare status names that the framework gives.</summary>
    public static void SayInWords(ProblemDetailsContext context) =>
        context.ProblemDetails.Title = (context.ProblemDetails.Status, context.ProblemDetails.Title) switch
        {
            (StatusCodes.Status400BadRequest, "Bad Request") => "The request could not be read to its end, or is not what its headers say.",
            (StatusCodes.Status404NotFound, "Not Found") => "There is nothing at this address.",
            (StatusCodes.Status405MethodNotAllowed, "Method Not Allowed") => "This address does not take that method.",
            (StatusCodes.Status413PayloadTooLarge, "Content Too Large" or "Payload Too Large") => "The request is too large.",
            (StatusCodes.Status415UnsupportedMediaType, "Unsupported Media Type") => "The request's content type is not one that is understood here. For JSON, send Content-Type: application/json.",
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
        var (status, title, field) = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                (StatusCodes.Status413PayloadTooLarge, TooLarge(httpContext), null),
            BadHttpRequestException { InnerException: JsonException json } => Explain(json),
            BadHttpRequestException bad => Explain(bad),
            Conversations.ClientIdTakenException taken => (StatusCodes.Status409Conflict, taken.Message, "clientId"),
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested =>
                (StatusCodes.Status499ClientClosedRequest, "The request was given up.", null),
            NpgsqlException { IsTransient: true } or TimeoutException =>
                (StatusCodes.Status503ServiceUnavailable, "The database is not to be reached just now. Please try again in a moment.", (string?)null),
            _ => (StatusCodes.Status500InternalServerError, "Something went wrong on our side. It has been logged under the trace id.", null),
        };
        if (status >= StatusCodes.Status500InternalServerError) LogFault(LoggedException.Of(exception), httpContext.Request.Method, Route(httpContext));
        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = field is null
                ? new ProblemDetails { Status = status, Title = title }
                : new HttpValidationProblemDetails(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [title] }) { Status = status, Title = title },
        });
    }

    // The route's pattern, since paths carry tokens. The exception handler has taken the endpoint off the request and put it here.
    private static string Route(HttpContext http) =>
        (http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint()) is RouteEndpoint route ? route.RoutePattern.RawText ?? "/" : "no route";

    private static (int Status, string Title, string? Field) Explain(JsonException e)
    {
        var bad = StatusCodes.Status400BadRequest;
        if (e.Path is not { Length: > 1 } path)
            return (bad, ExpectedType().IsMatch(e.Message) ? "The request must be a JSON object." : "The request is not valid JSON.", null);
        var field = path.TrimStart('$', '.');
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal)) return (bad, $"{field} is not a field of this request.", field);
        // Text that ends too early, or is no JSON from some field on, names no type.
        if (ExpectedType().Match(e.Message) is not { Success: true } match) return (bad, "The request is not valid JSON.", null);
        var expected = match.Groups["type"].Value;
        var title = typeof(TenantSettings).Assembly.GetType(expected) is { IsEnum: true } choice
            ? $"{field} must be one of {string.Join(", ", Enum.GetValues(choice).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, choice).GetString()))}."
            : $"{field} is not valid.";
        return (bad, title, field);
    }

    // The framework speaks of parameters; callers know fields.
    private static (int Status, string Title, string? Field) Explain(BadHttpRequestException e)
    {
        if (e.Message.StartsWith("Implicit body", StringComparison.Ordinal)) return (e.StatusCode, "The request has no body. Send a JSON object.", null);
        if (e.Message.StartsWith("Failed to read parameter", StringComparison.Ordinal) && e.Message.EndsWith("as form.", StringComparison.Ordinal))
            return (e.StatusCode, "The form could not be read. Send it as multipart/form-data, complete and with its boundary.", null);
        if (Unbound().Match(e.Message) is { Success: true } unbound)
            return (e.StatusCode, $"\"{unbound.Groups["value"].Value}\" is not a valid {unbound.Groups["name"].Value}.", unbound.Groups["name"].Value);
        if (Missing().Match(e.Message) is { Success: true } missing)
            return (e.StatusCode, $"{missing.Groups["name"].Value} is missing.", missing.Groups["name"].Value);
        return (e.StatusCode, e.Message, null);
    }

    private static string TooLarge(HttpContext http) =>
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize switch
        {
            null => "The request is too large.",
            >= 1 << 20 and var bytes => $"The request is larger than {bytes >> 20} MB.",
            var bytes => $"The request is larger than {bytes >> 10} KB.",
        };

    [GeneratedRegex("""^Failed to bind parameter "\S+ (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unbound();

    [GeneratedRegex("""^Required parameter "\S+ (?<name>\w+)" was not provided""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Missing();

    [GeneratedRegex(@"could not be converted to (?<type>[\w.]+)\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExpectedType();

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Method} {Route} failed")]
    private partial void LogFault(Exception exception, string method, string route);
}

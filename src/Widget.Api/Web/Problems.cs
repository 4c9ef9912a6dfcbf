using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Widget.Platform.Database;

namespace Widget.Api.Web;

/// <summary>Creates errors as problem details (RFC 9457) with readable titles.</summary>
internal static class Problems
{
    /// <summary>The title for a request that ends too early or doesn't match its headers.</summary>
    public const string Unreadable = "The request is incomplete, or doesn't match its headers.";

    public const string UnknownContentType =
        "The request's content type is not supported. Send JSON as application/json, and files as multipart/form-data.";

    /// <summary>The title for texts that cannot be stored or searched for.</summary>
    public const string InvalidText = "The request contains the character U+0000, which is not allowed.";

    /// <summary>The title for requests while the database is unavailable.</summary>
    public const string DatabaseUnavailable = "We cannot reach our database right now. Please try again in a moment.";

    /// <summary>Value of <c>Retry-After</c>, in seconds, while the database is unavailable.</summary>
    public const string RetryAfter = "5";

    private static readonly StatusCodePagesOptions Standard = new();

    /// <summary>Writes an error in the shape that the endpoint's callers read.</summary>
    public static Task WriteAsync(HttpContext http, int status, string title, string? code = null)
    {
        http.Response.StatusCode = status;
        var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint?.Metadata.GetMetadata<IErrorShape>() is { } shape) return shape.WriteAsync(http, status, title);
        var problem = new ProblemDetails { Status = status, Title = title };
        if (code is not null) problem.Extensions["code"] = code;
        return http.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new ProblemDetailsContext { HttpContext = http, ProblemDetails = problem })
            .AsTask();
    }

    /// <summary>Writes the error of one field.</summary>
    public static ValueTask<bool> TryWriteInvalidAsync(
        this IProblemDetailsService problems,
        HttpContext http,
        int status,
        string title,
        string field)
    {
        http.Response.StatusCode = status;
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [title] };
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            ProblemDetails = new HttpValidationProblemDetails(errors) { Status = status, Title = title },
        });
    }

    /// <summary>Writes the problem of a response that has a status of an error and no body.</summary>
    public static async Task WriteStatusAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        if (http.Response.StatusCode == StatusCodes.Status400BadRequest
            && RequestFaults.ExplainRefusal(http) is { Field: { } field } fault
            && await http.RequestServices.GetRequiredService<IProblemDetailsService>()
                .TryWriteInvalidAsync(http, fault.Status, fault.Title, field))
        {
            return;
        }

        await Standard.HandleAsync(context);
    }

    public static ProblemHttpResult Create(int status, string title) => TypedResults.Problem(statusCode: status, title: title);

    /// <param name="status">The HTTP status.</param>
    /// <param name="title">The error message for people.</param>
    /// <param name="code">The error code for programs.</param>
    /// <param name="more">Further members of the problem.</param>
    public static ProblemHttpResult Create(int status, string title, string code, params KeyValuePair<string, object?>[] more) =>
        TypedResults.Problem(
            statusCode: status,
            title: title,
            extensions: new Dictionary<string, object?>(more, StringComparer.Ordinal) { ["code"] = code });

    public static ProblemHttpResult NotFound(string what) => Create(StatusCodes.Status404NotFound, $"There is no such {what}.");

    /// <summary>Replaces the framework's bare status names with sentences.</summary>
    public static void SetReadableTitle(ProblemDetailsContext context) =>
        context.ProblemDetails.Title = (context.ProblemDetails.Status, context.ProblemDetails.Title) switch
        {
            (StatusCodes.Status400BadRequest, "Bad Request") => Unreadable,
            (StatusCodes.Status404NotFound, "Not Found") => "There is nothing at this address.",
            (StatusCodes.Status405MethodNotAllowed, "Method Not Allowed") => "This address does not support that method.",
            (StatusCodes.Status413PayloadTooLarge, "Content Too Large" or "Payload Too Large") => TooLarge(context.HttpContext),
            (StatusCodes.Status415UnsupportedMediaType, "Unsupported Media Type") => UnknownContentType,
            var (_, title) => title,
        };

    /// <summary>The title for a request that is too large. It names the limit, if it is known.</summary>
    public static string TooLarge(HttpContext http) =>
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize switch
        {
            null => "The request is too large.",
            >= 1 << 20 and var bytes => $"The request is larger than {bytes >> 20} MB.",
            var bytes => $"The request is larger than {bytes >> 10} KB.",
        };

    /// <summary>Status 400 with the error of one field.</summary>
    public static ValidationProblem Invalid(string field, string error) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [error] }, title: error);
}

/// <summary>Metadata of endpoints whose errors have another shape than problem details.</summary>
internal interface IErrorShape
{
    Task WriteAsync(HttpContext http, int status, string title);
}

/// <summary>
/// Writes problem details even if the caller does not accept JSON, for example because it asks for a stream. The framework's own writer
/// runs first, but writes nothing in that case.
/// </summary>
internal sealed class UnconditionalProblemWriter(
    IOptions<ProblemDetailsOptions> options,
    IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        context.ProblemDetails.Status ??= http.Response.StatusCode;
        context.ProblemDetails.Title ??= Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(http.Response.StatusCode);
        context.ProblemDetails.Extensions["traceId"] = System.Diagnostics.Activity.Current?.Id ?? http.TraceIdentifier;
        options.Value.CustomizeProblemDetails?.Invoke(context);
        await http.Response.WriteAsJsonAsync(
            context.ProblemDetails,
            context.ProblemDetails.GetType(),
            json.Value.SerializerOptions,
            "application/problem+json");
    }
}

/// <summary>The one place that turns exceptions into problem details.</summary>
internal sealed partial class ExceptionProblemHandler(
    IProblemDetailsService problems,
    RequestFaults requests,
    ILogger<ExceptionProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, title, field) = exception switch
        {
            BadHttpRequestException bad => requests.Explain(bad, httpContext),
            ConflictException conflict => new(StatusCodes.Status409Conflict, conflict.Message, conflict.Field),
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested =>
                new(StatusCodes.Status499ClientClosedRequest, "The client cancelled the request."),
            _ when DatabaseFaults.IsTransient(exception) => new RequestFault(
                StatusCodes.Status503ServiceUnavailable,
                Problems.DatabaseUnavailable),
            _ when DatabaseFaults.IsInvalidText(exception) => new(StatusCodes.Status400BadRequest, Problems.InvalidText),
            _ => new(StatusCodes.Status500InternalServerError, "Something went wrong on our side. It has been logged under the trace id."),
        };
        if (status >= StatusCodes.Status500InternalServerError)
            LogFault(SanitizedException.From(exception), httpContext.Request.Method, Route(httpContext));
        if (status == StatusCodes.Status503ServiceUnavailable) httpContext.Response.Headers.RetryAfter = Problems.RetryAfter;
        if (field is not null) return await problems.TryWriteInvalidAsync(httpContext, status, title, field);
        await Problems.WriteAsync(httpContext, status, title);
        return true;
    }

    // The route's pattern, because paths can carry tokens. The exception handler moves the endpoint from the request to its feature.
    private static string Route(HttpContext http) =>
        (http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint()) is RouteEndpoint route
            ? route.RoutePattern.RawText ?? "/"
            : "no route";

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Method} {Route} failed")]
    private partial void LogFault(Exception exception, string method, string route);
}

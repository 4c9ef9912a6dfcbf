using System.Text.Json;

namespace Widget.Api.OpenAI;

/// <summary>
/// An error in OpenAI's format, <c>{"error": {"message", "type", "param", "code"}}</c>, the only one that clients of the protocol
/// understand (docs/decisions/0018-tools.md).
/// </summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">invalid_request_error, server_error …</param>
/// <param name="message">The message for people.</param>
/// <param name="param">The field that is wrong, such as <c>messages[0].role</c>.</param>
/// <param name="code">The code for programs.</param>
public sealed class OpenAIException(int status, string type, string message, string? param = null, string? code = null) : Exception(message)
{
    public int Status => status;

    public static OpenAIException Invalid(string message, string? param = null) =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", message, param);

    public static OpenAIException NoKey() => new(
        StatusCodes.Status401Unauthorized,
        "invalid_request_error",
        "A key is required. Send it as \"Authorization: Bearer mk_…\".");

    public static OpenAIException BadKey() => new(
        StatusCodes.Status401Unauthorized,
        "invalid_request_error",
        "This key is unknown or has been revoked.",
        code: "invalid_api_key");

    public static OpenAIException NoSuchModel(string model) => new(
        StatusCodes.Status404NotFound,
        "invalid_request_error",
        $"The model \"{model}\" does not exist. The only model is \"{OpenAIEndpoints.Model}\".",
        "model",
        "model_not_found");

    public static OpenAIException TooMany(string message) =>
        new(StatusCodes.Status429TooManyRequests, "rate_limit_error", message, code: "rate_limit_exceeded");

    public static OpenAIException Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, "server_error", message);

    public static OpenAIException InternalError() =>
        new(StatusCodes.Status500InternalServerError, "server_error", "Something went wrong on our side. It has been logged.");

    /// <summary>The body of a response, or the data of an event if the response has begun.</summary>
    public object Body => new { error = new { message = Message, type, param, code } };

    public IResult ToResult() => Results.Json(Body, JsonSerializerOptions.Web, statusCode: status);
}

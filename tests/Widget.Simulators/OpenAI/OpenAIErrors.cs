namespace Widget.Simulators.OpenAI;

/// <summary>A request that the real service would refuse.</summary>
internal sealed class OpenAIException(
    int status,
    string type,
    string message,
    string? param = null,
    string? code = null) : Exception(message)
{
    /// <summary>The error in the format of api.openai.com: {"error": {"message", "type", "param", "code"}}.</summary>
    public IResult ToResult() => Results.Json(new { error = new { message = Message, type, param, code } }, statusCode: status);

    public bool IsTemporary => status is 429 or >= 500;

    public static OpenAIException Invalid(string message, string? param = null) => new(400, "invalid_request_error", message, param);
}

using System.ClientModel;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Widget.Platform.Outbound;

namespace Widget.Api.Answers;

/// <summary>The names of a model's settings in messages.</summary>
internal sealed record ModelSettingNames(string Endpoint, string Key, string Model)
{
    public static ModelSettingNames Installations { get; } = new("WIDGET_CHAT_ENDPOINT", "WIDGET_CHAT_KEY", "WIDGET_CHAT_MODEL");

    public static ModelSettingNames Tenants { get; } = new("the tenant's endpoint", "the tenant's key", "the tenant's model");
}

/// <summary>
/// Explains to the operator why a language model failed, in <c>/health/ready</c> and in the log. The server's own message is left out,
/// because it may contain the visitor's question.
/// </summary>
internal static class ModelFault
{
    private const string TimedOut = "it did not answer in time";
    private const string Interrupted = "the connection was interrupted";

    /// <param name="exception">Why the model failed.</param>
    /// <param name="names">What the model's settings are called; null for the installation's.</param>
    public static string MessageOf(Exception exception, ModelSettingNames? names = null)
    {
        names ??= ModelSettingNames.Installations;
        // The library wraps the exceptions of all attempts; the last one describes the current state.
        while (exception is AggregateException { InnerExceptions: [.., var last] }) exception = last;
        return exception switch
        {
            ModelUnavailableException unavailable => unavailable.Message,
            ClientResultException { Status: > 0 } refused => OfStatus(refused.Status, names),
            HttpRequestException { StatusCode: { } status } => OfStatus((int)status, names),
            OperationCanceledException or TimeoutException => TimedOut,
            JsonException or FormatException => "its response is not in OpenAI's format",
            _ => OfConnection(exception, names) ?? exception.GetType().Name,
        };
    }

    private static string OfStatus(int status, ModelSettingNames names) => $"status {status}" + (status switch
    {
        401 => $": it does not accept the key; check {names.Key}",
        403 => $": the key may not use this model; check {names.Key} and {names.Model}",
        404 => $": there is no such address or model; check {names.Endpoint} and {names.Model}",
        402 => ": the account has no credit left",
        408 or 504 => $": {TimedOut}",
        429 => ": too many requests, or the account's quota is used up",
        >= 500 => ": its server reported an error",
        _ => "",
    });

    // The connection error is somewhere in the chain of causes: HttpRequestException → SocketException, or IOException → SocketException.
    private static string? OfConnection(Exception exception, ModelSettingNames names)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case PrivateAddressException: return $"the host in {names.Endpoint} has no public address";
                case SocketException socket: return OfSocket(socket.SocketErrorCode, names);
                case AuthenticationException:
                    return $"no secure connection: its TLS certificate or protocol is not accepted; check {names.Endpoint}";
            }
        }

        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"no secure connection: it does not speak TLS as expected; check {names.Endpoint}",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => OfSocket(SocketError.HostNotFound, names),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"no connection to {names.Endpoint}",
            HttpRequestException or IOException => Interrupted,
            _ => null,
        };
    }

    private static string OfSocket(SocketError error, ModelSettingNames names) => error switch
    {
        SocketError.ConnectionRefused => $"connection refused: no server listens at {names.Endpoint}",
        SocketError.HostNotFound or SocketError.NoData => $"the host name in {names.Endpoint} was not found",
        SocketError.TryAgain => $"the host name in {names.Endpoint} could not be looked up",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
            $"the host in {names.Endpoint} cannot be reached",
        SocketError.TimedOut => TimedOut,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => Interrupted,
        _ => $"no connection to {names.Endpoint}",
    };
}

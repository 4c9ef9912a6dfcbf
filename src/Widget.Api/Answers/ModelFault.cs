using System.ClientModel;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;

namespace Widget.Api.Answers;

/// <summary>
/// Explains to the operator why a language model failed, in <c>/health/ready</c> and in the log. The server's own message is left out,
/// because it may contain the visitor's question.
/// </summary>
internal static class ModelFault
{
    private const string Endpoint = "WIDGET_CHAT_ENDPOINT";
    private const string TimedOut = "it did not answer in time";
    private const string Interrupted = "the connection was interrupted";

    public static string MessageOf(Exception exception)
    {
        // The library wraps the exceptions of all attempts; the last one describes the current state.
        while (exception is AggregateException { InnerExceptions: [.., var last] }) exception = last;
        return exception switch
        {
            ModelUnavailableException unavailable => unavailable.Message,
            ClientResultException { Status: > 0 } refused => OfStatus(refused.Status),
            HttpRequestException { StatusCode: { } status } => OfStatus((int)status),
            OperationCanceledException or TimeoutException => TimedOut,
            JsonException or FormatException => "its response is not in OpenAI's format",
            _ => OfConnection(exception) ?? exception.GetType().Name,
        };
    }

    private static string OfStatus(int status) => $"status {status}" + (status switch
    {
        401 => ": it does not accept the key; check WIDGET_CHAT_KEY",
        403 => ": the key may not use this model; check WIDGET_CHAT_KEY and WIDGET_CHAT_MODEL",
        404 => $": there is no such address or model; check {Endpoint} and WIDGET_CHAT_MODEL",
        402 => ": the account has no credit left",
        408 or 504 => $": {TimedOut}",
        429 => ": too many requests, or the account's quota is used up",
        >= 500 => ": its server reported an error",
        _ => "",
    });

    // The connection error is somewhere in the chain of causes: HttpRequestException → SocketException, or IOException → SocketException.
    private static string? OfConnection(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException socket: return OfSocket(socket.SocketErrorCode);
                case AuthenticationException:
                    return $"no secure connection: its TLS certificate or protocol is not accepted; check {Endpoint}";
            }
        }

        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"no secure connection: it does not speak TLS as expected; check {Endpoint}",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => OfSocket(SocketError.HostNotFound),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"no connection to {Endpoint}",
            HttpRequestException or IOException => Interrupted,
            _ => null,
        };
    }

    private static string OfSocket(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => $"connection refused: no server listens at {Endpoint}",
        SocketError.HostNotFound or SocketError.NoData => $"the host name in {Endpoint} was not found",
        SocketError.TryAgain => $"the host name in {Endpoint} could not be looked up",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
            $"the host in {Endpoint} cannot be reached",
        SocketError.TimedOut => TimedOut,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => Interrupted,
        _ => $"no connection to {Endpoint}",
    };
}

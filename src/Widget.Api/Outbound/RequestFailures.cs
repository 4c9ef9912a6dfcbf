using System.Net.Sockets;
using Widget.Platform.Outbound;

namespace Widget.Api.Outbound;

/// <summary>Says in words why a request to a server that a tenant chose got no response.</summary>
internal static class RequestFailures
{
    /// <summary>Returns null for an exception that has nothing to do with the request.</summary>
    /// <param name="failure">The exception.</param>
    /// <param name="server">The server, such as "The endpoint".</param>
    public static string? Describe(Exception failure, string server) => failure switch
    {
        _ when PrivateAddressException.IsCauseOf(failure) =>
            $"{server}'s host has a private address. Messages are sent to public addresses only.",
        HttpRequestException e => e switch
        {
            { HttpRequestError: HttpRequestError.NameResolutionError } => $"{server}'s host was not found.",
            { HttpRequestError: HttpRequestError.SecureConnectionError } => $"{server}'s certificate is not valid.",
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                $"{server}'s host refused the connection.",
            _ => $"The connection to {Lower(server)} failed.",
        },
        IOException => $"The connection to {Lower(server)} broke.",
        _ => null,
    };

    private static string Lower(string server) => char.ToLowerInvariant(server[0]) + server[1..];
}

namespace Widget.Platform.Outbound;

/// <summary>
/// A host that a tenant chose has no public address, so no connection was made. <see cref="HttpClient"/> reports it as the inner exception
/// of an <see cref="HttpRequestException"/>.
/// </summary>
public sealed class PrivateAddressException : Exception
{
    public PrivateAddressException()
    {
    }

    public PrivateAddressException(string message)
        : base(message)
    {
    }

    public PrivateAddressException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether a request failed because its host has no public address.</summary>
    public static bool IsCauseOf(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
            if (cause is PrivateAddressException) return true;
        return false;
    }
}

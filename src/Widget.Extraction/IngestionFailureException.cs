namespace Widget.Extraction;

/// <summary>
/// A document or a site could not be read for a reason of its own. The message is shown to the person who added it:
/// what is wrong and, where possible, what to do.
/// </summary>
public class IngestionFailureException : Exception
{
    public IngestionFailureException()
    {
    }

    public IngestionFailureException(string message)
        : base(message)
    {
    }

    public IngestionFailureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

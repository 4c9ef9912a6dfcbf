namespace Widget.Extraction;

/// <summary>
/// A document or site could not be read. The message is shown to the person who added it and says what is wrong and, if possible, what to
/// do.
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

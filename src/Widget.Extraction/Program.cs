using Widget.Extraction;

// A reader child process. It reads documents from standard input and writes their text to standard output, until the server closes the
// pipe.
using var input = Console.OpenStandardInput();
using var output = Console.OpenStandardOutput();
Console.SetOut(TextWriter.Null); // a library that prints must not spoil a reply
try
{
    while (ReaderProtocol.Read(input) is var (request, content))
    {
        // The server kills a child that is late. This timer covers the case that the server has died.
        using var watchdog = new Timer(_ => Environment.Exit(ReaderProtocol.OutOfTime), null, request.Milliseconds, Timeout.Infinite);
        output.Write(ReaderProtocol.Frame(Reply(new RawDocument(content, request.MediaType, request.Charset, request.Address))));
        output.Flush();
    }

    return 0;
}
catch (OutOfMemoryException)
{
    return ReaderProtocol.OutOfMemory;
}
catch (IOException)
{
    return 0; // the server has closed the pipe
}

static ReaderReply Reply(RawDocument document)
{
    try
    {
        return new ReaderReply { Document = Extractors.Extract(document) };
    }
    catch (IngestionFailureException e)
    {
        return new ReaderReply { Failure = e.Message };
    }
    catch (Exception e) when (e is not OutOfMemoryException)
    {
        return new ReaderReply { Fault = e.ToString() };
    }
}

using System.Collections.Concurrent;

namespace Widget.Rag.Reading.Extraction;

/// <summary>
/// Reader children, started when they are needed and kept warm. A document goes to one of them alone; what it does to that one
/// is the end of the child and a failure of the document, and of nothing else.
/// </summary>
public sealed class ReaderPool : IReader, IDisposable
{
    /// <summary>What a document may use, unless told otherwise: 30 seconds, half a gigabyte, and a reply of 128 MB.</summary>
    public static readonly ChildLimits DefaultLimits = new(TimeSpan.FromSeconds(30), 512L << 20, 128 << 20);

    // More bytes than the longest text can have, in whatever encoding.
    private const int LongestText = 4 * Extractors.LongestText;

    private readonly ChildLimits _limits;
    private int _started;
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentStack<ReaderProcess> _idle = [];
    private volatile bool _disposed;

    /// <param name="limits">What a document may use.</param>
    /// <param name="size">Most children at a time; as many as there are processors when null.</param>
    public ReaderPool(ChildLimits? limits = null, int? size = null)
    {
        _limits = limits ?? DefaultLimits;
        _free = new SemaphoreSlim(size ?? Environment.ProcessorCount);
    }

    /// <summary>How many children have been started.</summary>
    public int Started => _started;

    /// <summary>Process ids of the children that wait for work.</summary>
    internal IReadOnlyCollection<int> Children => [.. _idle.Select(reader => reader.Id)];

    public bool Reads(string mediaType) => Extractors.Read(mediaType);

    /// <exception cref="IngestionFailureException">The document cannot be read, or reading it went over a limit.</exception>
    /// <exception cref="ReaderFaultException">A parser met something it was not made for.</exception>
    public async Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct)
    {
        if (MediaTypes.IsText(document.MediaType) && document.Content.Length > LongestText)
            throw new IngestionFailureException(Extractors.TooLong);

        await _free.WaitAsync(ct);
        try
        {
            var reader = Take();
            var healthy = false;
            try
            {
                var reply = await reader.ReadAsync(document, ct);
                healthy = true;
                return reply.Document
                    ?? throw (reply.Failure is { } failure ? new IngestionFailureException(failure) : new ReaderFaultException(reply.Fault ?? "An empty reply."));
            }
            finally
            {
                if (healthy && !_disposed) _idle.Push(reader);
                else reader.Dispose();
            }
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryPop(out var reader)) reader.Dispose();
    }

    private ReaderProcess Take()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (_idle.TryPop(out var reader))
        {
            if (reader.IsAlive) return reader;
            reader.Dispose();
        }

        Interlocked.Increment(ref _started);
        return ReaderProcess.Start(_limits);
    }
}

/// <summary>A parser failed in a way that nobody foresaw; the message is for the log, not for people.</summary>
public sealed class ReaderFaultException : Exception
{
    public ReaderFaultException()
    {
    }

    public ReaderFaultException(string message)
        : base(message)
    {
    }

    public ReaderFaultException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

using System.Collections.Concurrent;

namespace Widget.Rag.Reading.Extraction;

/// <summary>
/// A pool of reader child processes, started on demand and kept for reuse. A child reads one document at a time. If a document crashes its
/// child, only that child and that document fail.
/// </summary>
public sealed class ReaderPool : IReader, IDisposable
{
    /// <summary>Default limits per document: 30 seconds, 512 MB of memory and a reply of 128 MB.</summary>
    public static readonly ChildLimits DefaultLimits = new(TimeSpan.FromSeconds(30), 512L << 20, 128 << 20);

    // More bytes than the longest text can have in any encoding.
    private const int LongestText = 4 * Extractors.MaxTextLength;

    private readonly ChildLimits _limits;
    private int _started;
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentStack<ReaderProcess> _idle = [];
    private volatile bool _disposed;

    /// <param name="limits">Limits per document.</param>
    /// <param name="size">Maximum number of children; the number of processors when null.</param>
    public ReaderPool(ChildLimits? limits = null, int? size = null)
    {
        _limits = limits ?? DefaultLimits;
        _free = new SemaphoreSlim(size ?? Environment.ProcessorCount);
    }

    /// <summary>Number of children started so far.</summary>
    public int Started => _started;

    /// <summary>Process ids of the idle children.</summary>
    internal IReadOnlyCollection<int> Children => [.. _idle.Select(reader => reader.Id)];

    public bool Reads(string mediaType) => Extractors.Supports(mediaType);

    /// <exception cref="IngestionFailureException">The document cannot be read, or reading it exceeded a limit.</exception>
    /// <exception cref="ReaderFaultException">A parser failed unexpectedly.</exception>
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
                    ?? throw (
                        reply.Failure is { } failure
                            ? new IngestionFailureException(failure)
                            : new ReaderFaultException(reply.Fault ?? "The reply is empty."));
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

/// <summary>A parser failed unexpectedly. The message is for the log, not for users.</summary>
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

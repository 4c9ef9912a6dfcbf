using Widget.Platform.Work;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>Raised when this node has queued a job.</summary>
/// <param name="options">Sets how many workers wait for the signal; null for the defaults.</param>
public sealed class IngestionSignal(IngestionOptions? options = null) : WorkerSignal((options ?? new IngestionOptions()).QuickWorkers);

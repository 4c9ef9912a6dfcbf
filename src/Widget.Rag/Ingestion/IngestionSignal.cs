using Widget.Rag.Storage;

namespace Widget.Rag.Ingestion;

/// <summary>Raised when this node has queued a job.</summary>
public sealed class IngestionSignal() : WorkerSignal(IngestionWorker.Workers);

using Widget.Rag.Storage;

namespace Widget.Api.Tavus.Sessions;

/// <summary>Raised when a session wants to be looked at now.</summary>
public sealed class VideoSignal : WorkerSignal;

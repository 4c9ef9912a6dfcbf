using Widget.Api.Platform;

namespace Widget.Api.Tavus.Sessions;

/// <summary>Raised when a session wants to be looked at now.</summary>
public sealed class VideoSignal : WorkerSignal;

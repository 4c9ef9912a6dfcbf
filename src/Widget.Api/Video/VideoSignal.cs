using Widget.Platform.Work;

namespace Widget.Api.Video;

/// <summary>Raised when a session wants to be looked at now.</summary>
public sealed class VideoSignal : WorkerSignal;

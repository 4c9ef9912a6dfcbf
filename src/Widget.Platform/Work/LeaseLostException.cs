namespace Widget.Platform.Work;

/// <summary>
/// Another worker holds the lease now, or the work has ended. Whatever is not committed yet must not be committed.
/// </summary>
public sealed class LeaseLostException() : OperationCanceledException("Another worker holds the lease, or the work has ended.");

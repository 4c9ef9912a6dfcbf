namespace Widget.Platform.Work;

/// <summary>
/// Another worker holds the lease now, or the work has ended. The work must not commit its open changes.
/// </summary>
public sealed class LeaseLostException() : OperationCanceledException("Another worker holds the lease, or the work has ended.");

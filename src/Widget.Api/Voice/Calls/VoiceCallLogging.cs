using Widget.Platform.Database;

namespace Widget.Api.Voice.Calls;

/// <summary>Log messages that several parts of a voice call share.</summary>
internal static partial class VoiceCallLogging
{
    /// <summary>
    /// Logs an exception that does not end the call: as a warning when the database is unavailable, otherwise as an error.
    /// </summary>
    public static void LogFault(this ILogger logger, Exception exception, VoiceCallId call)
    {
        if (DatabaseFaults.IsTransient(exception) || exception is OperationCanceledException) logger.LogDatabaseUnavailable(exception);
        else logger.LogUnexpected(SanitizedException.From(exception), call);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; voice calls continue without it")]
    public static partial void LogDatabaseUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "An operation of voice call {Call} failed; the call continues")]
    public static partial void LogUnexpected(this ILogger logger, Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Hanging up voice call {Call} failed")]
    public static partial void LogHangUpFailed(this ILogger logger, Exception exception, VoiceCallId call);
}

using System.Text.Json;
using Npgsql;

namespace Widget.Platform.Database;

/// <summary>
/// Replaces an exception in the log if its message could contain user data: PostgreSQL quotes values in its messages and contexts, and
/// parsers quote invalid input. Types, codes and stack traces are kept.
/// </summary>
public sealed class LoggedException : Exception
{
    private readonly string _text;

    private LoggedException(string message, string text)
        : base(message) => _text = text;

    /// <summary>Returns the exception itself, or a replacement without user data.</summary>
    public static Exception Of(Exception exception)
    {
        var chain = new List<Exception>();
        for (var inner = exception; inner is not null; inner = inner.InnerException) chain.Add(inner);
        if (!chain.Exists(Quotes)) return exception;
        var message = string.Join(" < ", chain.Select(Describe));
        return new LoggedException(
            message,
            string.Join(Environment.NewLine, chain.Select(one => $"{Describe(one)}{Environment.NewLine}{one.StackTrace}")));
    }

    public override string ToString() => _text;

    // Errors of class 22 (data) and class 23 (constraints) quote values. Other classes concern the server and the application's statements.
    // ASP.NET Core's exception for unreadable requests is matched by its name, since Widget.Platform does not reference ASP.NET Core.
    private static bool Quotes(Exception exception) => exception is JsonException or FormatException or ArgumentException
        || exception.GetType().Name == "BadHttpRequestException"
        || exception is PostgresException { SqlState: ['2', '2', ..] or ['2', '3', ..] };

    private static string Describe(Exception exception) => exception is PostgresException postgres
        ? $"{nameof(PostgresException)} {postgres.SqlState}{(postgres.ConstraintName is { } constraint ? $" ({constraint})" : "")}"
        : exception.GetType().FullName!;
}

using System.Text.Json;
using Npgsql;

namespace Widget.Platform.Database;

/// <summary>
/// Replaces an exception in the log if its message could contain user data: PostgreSQL quotes values in its messages and contexts, and
/// parsers quote invalid input. It keeps the types, codes and stack traces of the exception and its inner exceptions.
/// </summary>
public sealed class SanitizedException : Exception
{
    private readonly string _text;

    private SanitizedException(string message, string text)
        : base(message) => _text = text;

    /// <summary>Returns the exception itself, or a replacement without user data.</summary>
    public static Exception From(Exception exception)
    {
        var chain = new List<Exception>();
        for (var inner = exception; inner is not null; inner = inner.InnerException) chain.Add(inner);
        if (!chain.Exists(MayQuoteInput)) return exception;
        var message = string.Join(" < ", chain.Select(Describe));
        return new SanitizedException(
            message,
            string.Join(Environment.NewLine, chain.Select(link => $"{Describe(link)}{Environment.NewLine}{link.StackTrace}")));
    }

    public override string ToString() => _text;

    // PostgreSQL's errors of class 22 (data) and class 23 (constraints) quote values. The other classes concern the server and the
    // application's statements.
    // ASP.NET Core's exception for unreadable requests is matched by its name, since Widget.Platform does not reference ASP.NET Core.
    private static bool MayQuoteInput(Exception exception) => exception is JsonException or FormatException or ArgumentException
        || exception.GetType().Name == "BadHttpRequestException"
        || exception is PostgresException { SqlState: ['2', '2', ..] or ['2', '3', ..] };

    private static string Describe(Exception exception) => exception is PostgresException postgres
        ? $"{nameof(PostgresException)} {postgres.SqlState}{(postgres.ConstraintName is { } constraint ? $" ({constraint})" : "")}"
        : exception.GetType().FullName!;
}

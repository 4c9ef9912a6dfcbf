using Npgsql;

namespace Widget.Api.Configuration;

/// <summary>Connection strings to PostgreSQL, checked before anything connects.</summary>
internal static class ConnectionStrings
{
    public const string ApplicationVariable = "WIDGET_DATABASE_APP";

    /// <summary>The connection string of the application's login; empty when it is missing or invalid.</summary>
    public static string ReadApplication(Variables variables)
    {
        var variable = variables.Text(ApplicationVariable) is null ? "WIDGET_DATABASE" : ApplicationVariable;
        var connection = variables.Text(variable);
        if (connection is null)
        {
            variables.Errors.Add(
                $"{ApplicationVariable} is not set. "
                + "It is the connection string of the application's login, which `widget migrate` creates.");
        }
        else if (FindProblem(variable, connection) is { } problem)
        {
            variables.Errors.Add(problem);
        }

        return connection ?? "";
    }

    /// <summary>Describes what is wrong with the format of a connection string. Null if it is valid.</summary>
    public static string? FindProblem(string variable, string connection)
    {
        try
        {
            if (new NpgsqlConnectionStringBuilder(connection).Host is not null) return null;
        }
        catch (ArgumentException)
        {
            // The text is not a list of name=value. The message below covers this, too.
        }

        return $"{variable} is not a connection string in Npgsql's form: "
            + "Host=db.example;Port=5432;Username=…;Password=…;Database=widget. "
            + "Rewrite an address such as postgres://… in this form.";
    }
}

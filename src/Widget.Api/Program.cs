using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Npgsql;
using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Api.Operations;

var root = OperatorCommands.Create(
    async ct =>
    {
        await using var server = Server.Build([], ServerOptions.Read(Environment.GetEnvironmentVariable));
        await Server.EnsureSafeToServeAsync(server, ct);
        await server.RunAsync(ct);
    },
    async _ => await Server.Build([], ServerOptions.Read(Environment.GetEnvironmentVariable)).DisposeAsync(),
    Server.BuildForOperator);

try
{
    var parsed = root.Parse(args);
    if (CommandLineError.Describe(parsed) is { } mistake)
    {
        Console.Error.WriteLine(mistake);
        return 2;
    }

    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    Console.Error.WriteLine(
        $"{e.Message} Another server already uses this address. "
        + "Stop it, or set ASPNETCORE_URLS (or WIDGET_METRICS, for the metrics address) to another one.");
    return 2;
}
catch (Exception e) when (e is OperatorException or InvalidConfigurationException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
{
    Console.Error.WriteLine(
        $"The database refused: {e.MessageText}." + (e.MessageText switch
        {
            var text when text.Contains("extension", StringComparison.Ordinal) =>
                " Ask a superuser to run `create extension vector` once in this database.",
            var text when text.Contains("role", StringComparison.Ordinal) =>
                " The role was created by another role on this server. Ask its creator or a superuser to grant it to your role "
                + "`with admin option`, or use another database name or --login.",
            _ => "",
        }));
    return 1;
}
catch (NpgsqlException e)
{
    var reason = e is PostgresException refused ? refused.MessageText : e.Message;
    var schema = e is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidCatalogName };
    Console.Error.WriteLine(
        $"Can't use the database: {reason}. "
        + (schema ? "Run `widget migrate` first." : "Check WIDGET_DATABASE and that the database server is running."));
    return 1;
}

using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Npgsql;
using Widget.Api.Operations;
using Widget.Api.Platform;

var root = OperatorCommands.Create(async ct =>
{
    await using var server = Server.Build([], ServerOptions.Read(Environment.GetEnvironmentVariable));
    await Server.RefuseUnsafeRoleAsync(server, ct);
    await server.RunAsync(ct);
});

try
{
    var parsed = root.Parse(args);
    if (CommandLineMistake.In(parsed) is { } mistake)
    {
        Console.Error.WriteLine(mistake);
        return 2;
    }

    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    Console.Error.WriteLine($"{e.Message} Another server is there already; stop it, or set ASPNETCORE_URLS (or WIDGET_METRICS, if that is its address) to another one.");
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
        $"The database refuses it: {e.MessageText}." + (e.MessageText switch
        {
            var text when text.Contains("extension", StringComparison.Ordinal) => " Have a superuser run `create extension vector` in this database, once.",
            var text when text.Contains("role", StringComparison.Ordinal) =>
                " The role was made by somebody else on this server. Have its maker, or a superuser, grant it to yours `with admin option`; or use another database name or --login.",
            _ => "",
        }));
    return 1;
}
catch (NpgsqlException e)
{
    var reason = e is PostgresException refused ? refused.MessageText : e.Message;
    var schema = e is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidCatalogName };
    Console.Error.WriteLine($"The database does not answer as it should: {reason}. {(schema ? "Run `widget migrate` first." : "Check WIDGET_DATABASE, and whether it runs.")}");
    return 1;
}

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
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
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
            var text when text.Contains("grant role", StringComparison.Ordinal) =>
                " Another installation on this server has made the role. Have its owner run `grant widget_application to … with admin option` for yours.",
            _ => "",
        }));
    return 1;
}
catch (NpgsqlException e)
{
    Console.Error.WriteLine($"The database does not answer as it should: {e.Message}");
    return 1;
}

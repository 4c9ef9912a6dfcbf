using System.CommandLine;
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
catch (Exception e) when (e is OperatorException or InvalidConfigurationException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (NpgsqlException e)
{
    Console.Error.WriteLine($"The database does not answer as it should: {e.Message}");
    return 1;
}

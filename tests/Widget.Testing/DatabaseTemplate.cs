using System.Collections.Concurrent;
using Npgsql;
using Widget.Migrations;

namespace Widget.Testing;

/// <summary>
/// A migrated, empty database that test databases are copied from. Copying takes a quarter of the processor time of migrating. Each test
/// process has its own template on each server and drops it at its end.
/// </summary>
internal sealed class DatabaseTemplate
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<DatabaseTemplate>>> Templates = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, Lazy<NpgsqlDataSource>> Servers = new(StringComparer.Ordinal);

    private readonly string _server;
    private readonly string _name = $"widget_test_template_{Guid.CreateVersion7():N}";

    private DatabaseTemplate(string server) => _server = server;

    /// <summary>The role with the application's rights in the template and all copies.</summary>
    public string ApplicationRights => ApplicationRole.For(_name);

    public static async Task<DatabaseTemplate> OfAsync(string server)
    {
        try
        {
            return await Templates.GetOrAdd(server, _ => new Lazy<Task<DatabaseTemplate>>(() => MigrateAsync(server))).Value;
        }
        catch
        {
            // One failure must not fail all tests that need a database.
            Templates.TryRemove(server, out _);
            throw;
        }
    }

    /// <summary>Copies the template and returns the owner's connection string of the copy.</summary>
    public async Task<string> CopyAsync(string name)
    {
        await ExecuteAsync(_server, $"create database {name} template {_name}");
        return ConnectionTo(_server, name);
    }

    public static string NameOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Database!;

    /// <summary>Runs a statement in the server's own database.</summary>
    public static async Task ExecuteAsync(string server, string sql)
    {
        // One pool per server. Each new connection takes the server as long as many statements.
        var source = Servers.GetOrAdd(server, _ => new(() => NpgsqlDataSource.Create(ConnectionTo(server, "postgres"))));
#pragma warning disable CA2100 // Statements about databases and roles take no parameters. The tests make the names themselves.
        await using var command = source.Value.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<DatabaseTemplate> MigrateAsync(string server)
    {
        var template = new DatabaseTemplate(server);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => template.DropAsync().GetAwaiter().GetResult();
        // A database with open connections can't be copied.
        var connection = new NpgsqlConnectionStringBuilder(ConnectionTo(server, template._name)) { Pooling = false }.ConnectionString;
        await Database.MigrateAsync(connection, CancellationToken.None);
        return template;
    }

    private async Task DropAsync()
    {
        try
        {
            await ExecuteAsync(_server, $"drop database if exists {_name} with (force)");
            await ExecuteAsync(_server, $"drop role if exists {ApplicationRights}");
        }
        catch (NpgsqlException)
        {
            // The server has stopped already, or a copy that was not dropped still uses the role.
        }
    }

    private static string ConnectionTo(string server, string database) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;
}

using Npgsql;
using Widget.Migrations;

namespace Widget.Testing;

/// <summary>
/// A role like an operator's: it may create databases and roles but is not a superuser, so row-level security applies to it. The role and
/// its databases are dropped on disposal.
/// </summary>
public sealed class PlainOwner : IAsyncDisposable
{
    private readonly string _superuser;
    private readonly NpgsqlDataSource _server;
    private readonly string _password = Database.NewPassword();
    private readonly List<string> _roles = [];
    private readonly List<string> _databases = [];

    private PlainOwner(string superuser)
    {
        _superuser = superuser;
        _server = NpgsqlDataSource.Create(In("postgres"));
    }

    /// <summary>The role's name.</summary>
    public string Name { get; } = $"widget_test_owner_{Guid.NewGuid():N}"[..40];

    /// <param name="superuser">Connection string of a superuser on the server.</param>
    public static async Task<PlainOwner> CreateAsync(string superuser)
    {
        var owner = new PlainOwner(superuser);
        await owner.ServerAsync($"create role {owner.Name} login createdb createrole nosuperuser nobypassrls password '{owner._password}'");
        return owner;
    }

    /// <summary>Creates an empty database with the one extension that needs a superuser.</summary>
    /// <returns>The owner's connection string.</returns>
    public async Task<string> DatabaseAsync()
    {
        var name = $"widget_test_{Guid.CreateVersion7():N}";
        await ServerAsync($"create database {name} owner {Name}");
        _databases.Add(name);
        await using (var inside = NpgsqlDataSource.Create(In(name)))
        await using (var command = inside.CreateCommand("create extension vector"))
            await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(In(name)) { Username = Name, Password = _password }.ConnectionString;
    }

    /// <summary>Registers a role to be dropped with the owner.</summary>
    public string Role(string name)
    {
        _roles.Add(name);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        foreach (var database in _databases) await ServerAsync($"drop database if exists {database} with (force)");
        foreach (var role in _roles.Concat(_databases.Select(ApplicationRole.For))) await ServerAsync($"drop role if exists {role}");
        await ServerAsync($"drop role if exists {Name}");
        await _server.DisposeAsync();
    }

    private string In(string database) => new NpgsqlConnectionStringBuilder(_superuser) { Database = database }.ConnectionString;

    private async Task ServerAsync(string sql)
    {
#pragma warning disable CA2100 // The names and the password are created here, from letters, digits and underscores.
        await using var command = _server.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

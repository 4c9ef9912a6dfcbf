using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Widget.Migrations;

/// <summary>Migrates a database and creates the application's login with fewer rights.</summary>
public static class Database
{
    /// <summary>
    /// Creates the database if it is missing and applies pending migrations. If several processes call it at once, one migrates and the
    /// others wait.
    /// </summary>
    /// <param name="ownerConnection">Connection string of the role that owns the tables.</param>
    /// <returns>The migrations applied by this call, in order.</returns>
    public static async Task<IReadOnlyList<string>> MigrateAsync(string ownerConnection, CancellationToken ct)
    {
        await using (var creation = MigrationsContext.For(ownerConnection)) await CreateIfMissingAsync(creation, ct);
        await using var turn = await TakeTurnAsync(ownerConnection, ct);
        await using var context = MigrationsContext.For(ownerConnection, await ApplicationRole.OfAsync(turn, ct));
        var pending = await context.Database.GetPendingMigrationsAsync(ct);
        // A migration may rewrite large tables. If it were stopped halfway, it would only start again.
        context.Database.SetCommandTimeout(0);
        await context.Database.MigrateAsync(ct);
        await using var guard = new NpgsqlCommand("select guard_tenant_tables()", turn);
        await guard.ExecuteNonQueryAsync(ct);
        return [.. pending];
    }

    /// <summary>Returns the migrations that have not been applied to the database.</summary>
    public static async Task<IReadOnlyList<string>> PendingAsync(string connection, CancellationToken ct)
    {
        await using var context = MigrationsContext.For(connection);
        return [.. await context.Database.GetPendingMigrationsAsync(ct)];
    }

    /// <summary>
    /// Creates the application's login or sets its password. The login is a member of the database's <see cref="ApplicationRole"/>: it owns
    /// nothing and row-level security applies to it.
    /// </summary>
    /// <returns>The application's connection string.</returns>
    public static async Task<string> CreateApplicationLoginAsync(
        string ownerConnection,
        string login,
        string password,
        CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(ct);
        await using var quote = new NpgsqlCommand(
            """
            select case when not exists (select from pg_roles where rolname = $1)
              then format('create role %I login nosuperuser nobypassrls in role %I;', $1, $3)
                        when not pg_has_role($1, $3, 'member') then format('grant %I to %I;', $3, $1)
                        else '' end
                   || format('alter role %I password %L', $1, $2)
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = login },
                new() { Value = password },
                new() { Value = await ApplicationRole.OfAsync(connection, ct) },
            },
        };
#pragma warning disable CA2100 // Quoted by PostgreSQL's own format() above; a role statement takes no parameters.
        await using var command = new NpgsqlCommand((string)(await quote.ExecuteScalarAsync(ct))!, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
        return new NpgsqlConnectionStringBuilder(ownerConnection) { Username = login, Password = password }.ConnectionString;
    }

    /// <summary>Generates a password that needs no quoting in a connection string.</summary>
    public static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    private static async Task CreateIfMissingAsync(MigrationsContext context, CancellationToken ct)
    {
        var database = context.GetService<IRelationalDatabaseCreator>();
        if (await database.ExistsAsync(ct)) return;
        try
        {
            await database.CreateAsync(ct);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another node has created it meanwhile.
        }
    }

    /// <summary>
    /// Takes a lock for the whole list of migrations. EF Core's own lock ends with each migration's transaction, so two nodes would
    /// alternate and the second would repeat migrations of the first. The lock belongs to a separate session and is released when that
    /// session ends, even after a crash.
    /// </summary>
    private static async Task<NpgsqlConnection> TakeTurnAsync(string ownerConnection, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ownerConnection) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            await using var wait = new NpgsqlCommand(
                "select pg_advisory_lock(hashtext('widget migrations'))",
                connection)
            { CommandTimeout = 0 };
            await wait.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

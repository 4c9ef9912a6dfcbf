using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Widget.Migrations;

/// <summary>Brings a database up to date, and gives the application its own, weaker login.</summary>
public static class Database
{
    /// <summary>
    /// Creates the database if it is missing and applies the migrations that are not in it yet. Several processes may
    /// call it at once: one migrates, the others wait for its lock.
    /// </summary>
    /// <param name="ownerConnection">Connection string of the role that owns the tables.</param>
    /// <returns>The migrations applied by this call, in order.</returns>
    public static async Task<IReadOnlyList<string>> MigrateAsync(string ownerConnection, CancellationToken ct)
    {
        await using (var creation = MigrationsContext.For(ownerConnection)) await CreateIfMissingAsync(creation, ct);
        await using var turn = await TakeTurnAsync(ownerConnection, ct);
        await using var context = MigrationsContext.For(ownerConnection, await ApplicationRole.OfAsync(turn, ct));
        var pending = await context.Database.GetPendingMigrationsAsync(ct);
        await context.Database.MigrateAsync(ct);
        await using var guard = new NpgsqlCommand("select guard_tenant_tables()", turn);
        await guard.ExecuteNonQueryAsync(ct);
        return [.. pending];
    }

    /// <summary>The migrations that this program knows and the database lacks.</summary>
    public static async Task<IReadOnlyList<string>> PendingAsync(string connection, CancellationToken ct)
    {
        await using var context = MigrationsContext.For(connection);
        return [.. await context.Database.GetPendingMigrationsAsync(ct)];
    }

    /// <summary>
    /// Creates the application's login, or sets its password, as a member of the database's <see cref="ApplicationRole"/>: it owns
    /// nothing and row-level security holds for it.
    /// </summary>
    /// <returns>The application's connection string.</returns>
    public static async Task<string> CreateApplicationLoginAsync(string ownerConnection, string login, string password, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(ct);
        await using var quote = new NpgsqlCommand(
            """
            select case when not exists (select from pg_roles where rolname = $1) then format('create role %I login nosuperuser nobypassrls in role %I;', $1, $3)
                        when not pg_has_role($1, $3, 'member') then format('grant %I to %I;', $3, $1)
                        else '' end
                   || format('alter role %I password %L', $1, $2)
            """,
            connection)
        {
            Parameters = { new() { Value = login }, new() { Value = password }, new() { Value = await ApplicationRole.OfAsync(connection, ct) } },
        };
#pragma warning disable CA2100 // Quoted by PostgreSQL's own format() above; a role statement takes no parameters.
        await using var command = new NpgsqlCommand((string)(await quote.ExecuteScalarAsync(ct))!, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
        return new NpgsqlConnectionStringBuilder(ownerConnection) { Username = login, Password = password }.ConnectionString;
    }

    /// <summary>A password that suits a connection string.</summary>
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
            // Another node was quicker.
        }
    }

    /// <summary>
    /// EF Core's own lock ends with each migration's transaction, so two nodes would take turns within the list and the
    /// second would apply what the first already has. This one is held for the whole list, by a session of its own
    /// whose end, even by a crash, gives it up.
    /// </summary>
    private static async Task<NpgsqlConnection> TakeTurnAsync(string ownerConnection, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ownerConnection) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            await using var wait = new NpgsqlCommand("select pg_advisory_lock(hashtext('widget migrations'))", connection) { CommandTimeout = 0 };
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

using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Widget.Migrations;

namespace Widget.Testing;

/// <summary>
/// An installation of an earlier version. EF Core can migrate to a specific migration only if its name begins with a date.
/// </summary>
public static class EarlierVersion
{
    /// <summary>Applies the migrations before <paramref name="version"/> as written. Creates the database if it is missing.</summary>
    public static async Task MigrateBeforeAsync(string version, string connection, CancellationToken ct)
    {
        await using var context = MigrationsContext.For(connection);
        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(ct)) await creator.CreateAsync(ct);
        var history = context.GetService<IHistoryRepository>();
        await history.CreateAsync(ct);
        await using var database = NpgsqlDataSource.Create(connection);
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "migrations"), "*.sql").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (string.CompareOrdinal(name, version) >= 0) return;
#pragma warning disable CA2100 // The project's own files.
            await using var command = database.CreateCommand(
                await File.ReadAllTextAsync(file, ct) + history.GetInsertScript(new HistoryRow(name, "10.0.0")));
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}

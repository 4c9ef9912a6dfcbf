using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Widget.Migrations;

/// <summary>
/// EF Core's own migrator and history table, over SQL files: row-level security, functions and vector columns are
/// SQL, so the migrations are too. The model is empty on purpose; a test holds the real ones against the schema.
/// </summary>
public sealed class MigrationsContext(DbContextOptions<MigrationsContext> options) : DbContext(options)
{
    public static MigrationsContext For(string ownerConnection) => new(
        new DbContextOptionsBuilder<MigrationsContext>()
            .UseNpgsql(ownerConnection, npgsql => npgsql
                .MigrationsAssembly(typeof(MigrationsContext).Assembly)
                .MigrationsHistoryTable("migrations")
                .ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)))
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options);
}

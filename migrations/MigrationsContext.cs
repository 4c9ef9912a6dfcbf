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
    /// <param name="ownerConnection">Connection string of the role that owns the tables.</param>
    /// <param name="applicationRole">The role that migrations give the application's rights to.</param>
    public static MigrationsContext For(string ownerConnection, string applicationRole = ApplicationRole.Shared) => new(
        new DbContextOptionsBuilder<MigrationsContext>()
            .UseNpgsql(ownerConnection, npgsql => npgsql
                .MigrationsAssembly(typeof(MigrationsContext).Assembly)
                .MigrationsHistoryTable("migrations")
                .ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)))
            .AddInterceptors(new ApplicationRoleInMigrations(applicationRole))
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options);
}

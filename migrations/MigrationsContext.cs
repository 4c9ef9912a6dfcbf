using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Widget.Migrations;

/// <summary>
/// Uses EF Core's migrator and history table with SQL files, because row-level security, functions and vector columns are written in SQL.
/// The model is empty on purpose; a test compares the application's model with the schema.
/// </summary>
public sealed class MigrationsContext(DbContextOptions<MigrationsContext> options) : DbContext(options)
{
    /// <param name="ownerConnection">Connection string of the role that owns the tables.</param>
    /// <param name="applicationRole">The role to which migrations grant the application's rights.</param>
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

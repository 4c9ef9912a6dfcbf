using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Widget.Api.Host.WarmUp;
using Widget.Api.KeyRing;

namespace Widget.Api.Host;

/// <summary>
/// Whether the database answers, has this program's schema, and applies row-level security to the application's login, and whether the key
/// ring in it can be decrypted.
/// </summary>
internal sealed class DatabaseHealth(NpgsqlDataSource dataSource, ServerOptions options, NodeWarmUp? warmUp = null) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Without this wait, the first visitors would wait for a node that is still warming up.
        if (warmUp is not null) await warmUp.Done.WaitAsync(cancellationToken);
        try
        {
            return await ProblemAsync(cancellationToken) is { } problem
                ? HealthCheckResult.Unhealthy(problem)
                : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }

    private async Task<string?> ProblemAsync(CancellationToken ct)
    {
        if (await RoleProblemAsync(dataSource, ct) is { } problem) return problem;
        var pending = await Migrations.Database.PendingAsync(options.Database, ct);
        return pending.Count > 0
            ? $"The database lacks these migrations: {string.Join(", ", pending)}. Run `widget migrate`."
            : await new DatabaseKeyRing(dataSource, options.MasterKeys).ProblemAsync(ct);
    }

    /// <summary>
    /// Describes what is wrong with the login's role. Null if row-level security applies to it. PostgreSQL exempts superusers, roles with
    /// BYPASSRLS, the owner of a table and every member of the owner's role.
    /// </summary>
    public static async Task<string?> RoleProblemAsync(NpgsqlDataSource dataSource, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            """
            select rolsuper or rolbypassrls or exists (
                select from pg_class where relrowsecurity and pg_has_role(me.oid, relowner, 'usage'))
            from pg_roles me where rolname = current_user
            """);
        return await command.ExecuteScalarAsync(ct) is true
            ? "The application is logged in as a role that row-level security does not apply to. "
                + "Set WIDGET_DATABASE_APP to the login that `widget migrate` creates."
            : null;
    }
}

using Npgsql;
using Widget.Contracts;

namespace Widget.Api.Accounts.OperatorArea;

/// <summary>Answers the operator area's questions across tenants, each with one database function that returns figures.</summary>
internal sealed class OperatorQueries(NpgsqlDataSource dataSource, TimeProvider clock)
{
    private static readonly TimeSpan JobPeriod = TimeSpan.FromDays(7);

    /// <summary>All tenants with their usage of this month, by name.</summary>
    public async Task<IReadOnlyList<OperatorTenant>> TenantsAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var find = dataSource.CreateCommand(
            """
            select tenant_id, slug, name, created_at, suspended_at, members, conversations, documents, messages, tokens,
              monthly_messages, monthly_tokens, access_until
            from operator_tenants($1)
            """);
        find.Parameters.Add(new() { Value = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero) });
        await using var rows = await find.ExecuteReaderAsync(ct);
        var tenants = new List<OperatorTenant>();
        while (await rows.ReadAsync(ct))
        {
            tenants.Add(new OperatorTenant
            {
                TenantId = rows.GetGuid(0),
                Slug = rows.GetString(1),
                Name = rows.GetString(2),
                CreatedAt = rows.GetFieldValue<DateTimeOffset>(3),
                SuspendedAt = Time(rows, 4),
                Members = rows.GetInt64(5),
                Conversations = rows.GetInt64(6),
                Documents = rows.GetInt64(7),
                Messages = rows.GetInt64(8),
                Tokens = rows.GetInt64(9),
                Limits = new OperatorLimits { MonthlyMessages = Number(rows, 10), MonthlyTokens = Number(rows, 11) },
                AccessUntil = Time(rows, 12) is { } until && until > now ? until : null,
            });
        }

        return tenants;
    }

    /// <summary>How many jobs are in which state, and why they fail.</summary>
    public async Task<IReadOnlyList<OperatorJobs>> JobsAsync(CancellationToken ct)
    {
        await using var find = dataSource.CreateCommand(
            "select tenant_id, slug, kind, state, reason, jobs, oldest from operator_jobs($1)");
        find.Parameters.Add(new() { Value = clock.GetUtcNow() - JobPeriod });
        await using var rows = await find.ExecuteReaderAsync(ct);
        var jobs = new List<OperatorJobs>();
        while (await rows.ReadAsync(ct))
        {
            jobs.Add(new OperatorJobs(
                rows.GetGuid(0),
                rows.GetString(1),
                rows.GetString(2),
                rows.GetString(3),
                rows.IsDBNull(4) ? null : rows.GetString(4),
                rows.GetInt64(5),
                rows.GetFieldValue<DateTimeOffset>(6)));
        }

        return jobs;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}

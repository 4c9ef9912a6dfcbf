using Npgsql;

namespace Widget.Platform.Tenancy;

/// <summary>
/// Statements for one tenant that are sent together, in one round trip and one transaction. Row-level security restricts them to the
/// tenant's rows. For frequent operations. If code must decide between two statements, use a transaction (<see cref="TenantDb"/>).
/// </summary>
public sealed class TenantBatch : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch;

    public TenantBatch(NpgsqlDataSource dataSource, TenantId tenant)
    {
        _batch = dataSource.CreateBatch();
        // A batch is one transaction, so the setting applies only to its own statements.
        Add("select set_config('app.tenant_id', $1, true)", [tenant.ToString()]);
    }

    /// <param name="sql">A statement with positional parameters: <c>$1</c>, <c>$2</c> …</param>
    /// <param name="parameters">Written as <c>[a, b]</c>.</param>
    public TenantBatch Add(string sql, ReadOnlySpan<object?> parameters = default)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in parameters)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        _batch.BatchCommands.Add(command);
        return this;
    }

    /// <summary>
    /// Runs the statements. The reader is positioned before the first result set; <c>NextResultAsync</c> moves to the next one.
    /// </summary>
    public async Task<NpgsqlDataReader> ReadAsync(CancellationToken ct)
    {
        var rows = await _batch.ExecuteReaderAsync(ct);
        await rows.NextResultAsync(ct);
        return rows;
    }

    /// <summary>Runs statements that return no rows.</summary>
    public Task RunAsync(CancellationToken ct) => _batch.ExecuteNonQueryAsync(ct);

    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}

using Npgsql;

namespace Widget.Platform.Tenancy;

/// <summary>
/// Statements on behalf of one tenant, sent together: one round trip and one transaction. Row-level security shows them that tenant's rows only. For what
/// happens often; anything that has to decide between two statements needs a transaction of its own (<see cref="TenantDb"/>).
/// </summary>
public sealed class TenantBatch : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch;

    public TenantBatch(NpgsqlDataSource dataSource, TenantId tenant)
    {
        _batch = dataSource.CreateBatch();
        // A batch is one transaction, so the setting holds for the statements that follow and for nothing after them.
        Add("select set_config('app.tenant_id', $1, true)", [tenant.ToString()]);
    }

    /// <param name="sql">Its parameters are positional: <c>$1</c>, <c>$2</c> …</param>
    /// <param name="parameters">Written as <c>[a, b]</c>.</param>
    public TenantBatch Add(string sql, ReadOnlySpan<object?> parameters = default)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in parameters) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
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

    /// <summary>Runs statements that give no rows.</summary>
    public Task RunAsync(CancellationToken ct) => _batch.ExecuteNonQueryAsync(ct);

    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}

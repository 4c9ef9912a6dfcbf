using Npgsql;

namespace Widget.Platform.Tenancy;

/// <summary>
/// A transaction of the tables' owner that may access the rows of all tenants. Without it, row-level security hides all rows from the owner
/// (docs/decisions/0002-row-level-security.md). It has no effect for the application's login.
/// </summary>
public sealed class CrossTenantTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private CrossTenantTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_connection, _transaction) = (connection, transaction);

    public static async Task<CrossTenantTransaction> BeginAsync(NpgsqlDataSource owner, CancellationToken ct)
    {
        var connection = await owner.OpenConnectionAsync(ct);
        try
        {
            var transaction = new CrossTenantTransaction(connection, await connection.BeginTransactionAsync(ct));
            await using var set = transaction.Command("select set_config('app.across_tenants', 'on', true)");
            await set.ExecuteNonQueryAsync(ct);
            return transaction;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <param name="sql">A statement with positional parameters: <c>$1</c>, <c>$2</c> …</param>
    /// <param name="parameters">Written as <c>[a, b]</c>.</param>
    public NpgsqlCommand Command(string sql, ReadOnlySpan<object> parameters = default)
    {
#pragma warning disable CA2100 // The caller writes the statement itself. Values are parameters.
        var command = new NpgsqlCommand(sql, _connection, _transaction);
#pragma warning restore CA2100
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        return command;
    }

    public Task CommitAsync(CancellationToken ct) => _transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

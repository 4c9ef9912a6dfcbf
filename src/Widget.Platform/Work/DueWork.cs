using System.Runtime.CompilerServices;
using Npgsql;

namespace Widget.Platform.Work;

/// <summary>Claims due work from the database.</summary>
public static class DueWork
{
    // All workers of a node look for work when it starts. At the same time they would need a connection each, and a new connection costs
    // PostgreSQL far more than a claim. So they take turns.
    private static readonly ConditionalWeakTable<NpgsqlDataSource, SemaphoreSlim> Turns = [];

    /// <summary>Runs a statement that claims work.</summary>
    /// <param name="dataSource">The node's connections.</param>
    /// <param name="sql">Calls one of the functions <c>claim_…</c>.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="read">Reads a row of the result: one piece of claimed work.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>The claimed work, empty when none is due.</returns>
    public static async Task<IReadOnlyList<T>> ClaimAsync<T>(
        this NpgsqlDataSource dataSource,
        string sql,
        IReadOnlyList<object> parameters,
        Func<NpgsqlDataReader, T> read,
        CancellationToken ct)
    {
        var turn = Turns.GetValue(dataSource, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(ct);
        try
        {
#pragma warning disable CA2100 // The callers pass constants.
            await using var command = dataSource.CreateCommand(sql);
#pragma warning restore CA2100
            foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
            await using var rows = await command.ExecuteReaderAsync(ct);
            var claimed = new List<T>();
            while (await rows.ReadAsync(ct)) claimed.Add(read(rows));
            return claimed;
        }
        finally
        {
            turn.Release();
        }
    }
}

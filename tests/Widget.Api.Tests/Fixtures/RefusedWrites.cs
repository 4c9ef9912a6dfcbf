using Npgsql;
using Widget.Testing;

namespace Widget.Api.Tests.Fixtures;

/// <summary>
/// Makes the database refuse some writes, like a server that fails for a while. A trigger raises an error and counts it until this object
/// is disposed. Sequences keep their value when a transaction is rolled back, so every refusal is counted.
/// </summary>
internal sealed class RefusedWrites : IAsyncDisposable
{
    private readonly NpgsqlDataSource _owner;
    private readonly string _table;
    private readonly string _name;

    private RefusedWrites(NpgsqlDataSource owner, string table, string name) => (_owner, _table, _name) = (owner, table, name);

    /// <param name="owner">The pool of the role that owns the tables.</param>
    /// <param name="table">The table whose writes are refused.</param>
    /// <param name="which">The condition on <c>new</c> under which a write is refused.</param>
    /// <param name="most">Maximum number of refused writes. Later ones succeed.</param>
    /// <param name="code">The SQLSTATE. The default is "disk full", which Npgsql counts as transient.</param>
    /// <param name="on">The kinds of writes that are refused.</param>
    public static async Task<RefusedWrites> StartAsync(
        NpgsqlDataSource owner, string table, string which, int most = int.MaxValue, string code = "53100", string on = "insert or update")
    {
        var refused = new RefusedWrites(owner, table, $"refuse_{Guid.NewGuid():N}");
        await refused.ExecuteAsync(
            $"""
            create sequence {refused._name};
            create function {refused._name}() returns trigger language plpgsql security definer set search_path = public as $$
            begin
              if nextval('{refused._name}') <= {most} then
                raise exception 'refused by a test' using errcode = '{code}';
              end if;
              return new;
            end
            $$;
            create trigger {refused._name} before {on} on {table} for each row when ({which}) execute function {refused._name}();
            """);
        return refused;
    }

    /// <summary>Number of writes that the trigger has refused or counted.</summary>
    public async Task<long> CountAsync() =>
        (long)(await _owner.ExecuteAsync($"select case when is_called then last_value else 0 end from {_name}"))!;

    /// <summary>Waits until so many writes have been refused.</summary>
    public Task CountAsync(int least) =>
        Eventually.TrueAsync(async () => await CountAsync() >= least, $"{least} writes to {_table} are refused");

    public async ValueTask DisposeAsync() =>
        await ExecuteAsync($"drop trigger {_name} on {_table}; drop function {_name}(); drop sequence {_name};");

    private Task ExecuteAsync(string sql) => _owner.ExecuteAsync(sql);
}

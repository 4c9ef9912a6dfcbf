using Npgsql;

namespace Widget.Api.Tests.Fixtures;

internal static class OwnerCommands
{
    /// <summary>Runs a statement as the owner of the tables.</summary>
    public static async Task<object?> ExecuteAsync(this NpgsqlDataSource owner, string sql, params object[] parameters)
    {
#pragma warning disable CA2100 // The tests' own words.
        await using var command = owner.CreateCommand(sql);
#pragma warning restore CA2100
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }
}

using Npgsql;
using NpgsqlTypes;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>A conversation in which something that is counted happened.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="At">When it last happened, to a quarter of an hour.</param>
/// <param name="Count">How often.</param>
public sealed record CountedConversation(Guid Conversation, DateTimeOffset At, long Count)
{
    /// <summary>Reads a part of the conversations behind a count, latest first.</summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="happened">
    /// A select with the columns <c>conversation_id</c> and <c>at</c>, a row for each time that it happened, and the parameters from
    /// <c>$1</c>.
    /// </param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="after">The last conversation of the part before; null for the first part.</param>
    /// <param name="limit">Maximum number of conversations.</param>
    /// <param name="ct">Cancels the statement.</param>
    internal static async Task<IReadOnlyList<CountedConversation>> ReadAsync(
        TenantDb db, string happened, IReadOnlyList<object?> parameters, CountedConversation? after, int limit, CancellationToken ct)
    {
        var next = parameters.Count + 1;
        await using var command = db.Command(
            $"""
            select conversation_id, at, times from (
              select conversation_id, date_bin('15 minutes', max(at), timestamptz 'epoch') as at, count(*) as times
              from ({happened}) happened group by conversation_id
            ) counted
            where ${next}::timestamptz is null or (at, conversation_id) < (${next}, ${next + 1}::uuid)
            order by at desc, conversation_id desc
            limit ${next + 2}
            """,
            [
                .. parameters,
                new NpgsqlParameter { Value = (object?)after?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter { Value = (object?)after?.Conversation ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                limit,
            ]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<CountedConversation>();
        while (await rows.ReadAsync(ct))
            found.Add(new CountedConversation(rows.GetGuid(0), rows.GetFieldValue<DateTimeOffset>(1), rows.GetInt64(2)));
        return found;
    }
}

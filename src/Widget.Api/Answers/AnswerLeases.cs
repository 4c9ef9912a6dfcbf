using Npgsql;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Answers;

/// <summary>
/// The leases on pending answers. The node that holds a lease writes the answer. If the node dies, the lease expires and another node takes
/// over.
/// </summary>
public sealed class AnswerLeases(NpgsqlDataSource dataSource, TenantDatabase database)
{
    /// <summary>How long a lease lasts unless it is renewed.</summary>
    internal static readonly TimeSpan Duration = TimeSpan.FromSeconds(6);

    private const int MaxClaims = 64;

    /// <summary>Identifies this node in leases.</summary>
    internal Guid Node { get; } = Guid.CreateVersion7();

    /// <summary>Claims answers whose lease has expired.</summary>
    public Task<IReadOnlyList<(TenantId Tenant, MessageId Message)>> ClaimAbandonedAsync(CancellationToken ct) =>
        dataSource.ClaimAsync(
            "select tenant_id, message_id from claim_abandoned_answers($1, $2, $3)",
            [Node, Duration, MaxClaims],
            row => (new TenantId(row.GetGuid(0)), new MessageId(row.GetGuid(1))),
            ct);

    /// <summary>Renews the leases of the answers that this node is writing.</summary>
    /// <returns>The answers whose lease this node still has, each with whether the visitor has asked to stop it.</returns>
    public async Task<IReadOnlyDictionary<MessageId, bool>> RenewAsync(IEnumerable<MessageId> messages, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select message_id, stop_requested from renew_answer_leases($1, $2, $3)");
        command.Parameters.Add(new() { Value = Node });
        command.Parameters.Add(new() { Value = Duration });
        command.Parameters.Add(new() { Value = messages.Select(message => message.Value).ToArray() });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var held = new Dictionary<MessageId, bool>();
        while (await rows.ReadAsync(ct)) held[new MessageId(rows.GetGuid(0))] = rows.GetBoolean(1);
        return held;
    }

    /// <summary>Gives up a lease, so that another node does not have to wait until it expires.</summary>
    public async Task ReleaseAsync(TenantId tenant, MessageId message)
    {
        await using var batch = database.Batch(tenant).Add(
            "update pending_answers set lease_until = now() where tenant_id = $1 and message_id = $2 and lease_owner = $3",
            [tenant.Value, message.Value, Node]);
        await batch.RunAsync(CancellationToken.None);
    }
}

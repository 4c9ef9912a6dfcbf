using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>Rows of voice calls, and this node's leases on them.</summary>
public sealed class VoiceCallStore(TenantDatabase database, VoiceTimings timings, TimeProvider clock)
{
    /// <summary>Identifies this node in leases.</summary>
    internal Guid Node { get; } = Guid.CreateVersion7();

    internal async Task<VoiceCall?> FindAsync(TenantId tenant, VoiceCallId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.FindCallAsync(id, ct);
    }

    /// <summary>Changes the row under its lock. Does nothing when the row was deleted.</summary>
    internal Task ChangeAsync(VoiceCall call, Action<VoiceCall> change) => ChangeAsync(call, (_, row) =>
    {
        change(row);
        return Task.CompletedTask;
    });

    /// <inheritdoc cref="ChangeAsync(VoiceCall, Action{VoiceCall})"/>
    internal async Task ChangeAsync(VoiceCall call, Func<TenantDb, VoiceCall, Task> change)
    {
        await using var db = await database.BeginAsync(call.TenantId, CancellationToken.None);
        if (await db.LockAsync(call.Id, CancellationToken.None) is not { } row) return;
        await change(db, row);
        await db.CommitAsync(CancellationToken.None);
    }

    /// <summary>
    /// Renews the lease, saves the usage so far, and requests the end of a call that has reached its time limit or lost its page.
    /// </summary>
    /// <returns>The row; null when another node or a newer connection has the lease.</returns>
    internal async Task<VoiceCall?> RenewLeaseAsync(VoiceCall call, ActiveVoiceCall activeCall, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(call.TenantId, ct);
        if (await db.LockAsync(call.Id, ct) is not { } row || row.LeaseOwner != OwnerOf(call)) return null;
        var now = clock.GetUtcNow();
        activeCall.Deadline = row.Deadline;
        if (row.State == VoiceSessionState.Live && now > row.Deadline) row.BeginEnd(VoiceEndReason.TimeLimit, now);
        if (row.State == VoiceSessionState.Live && row.Watched && now - row.SeenAt > timings.SilenceTimeout)
            row.BeginEnd(VoiceEndReason.Left, now);
        row.LeaseUntil = now + timings.Lease;
        row.Usage = MergeUsage(row.Usage, activeCall.Usage);
        await db.CommitAsync(ct);
        return row;
    }

    /// <summary>Releases the lease if <paramref name="owner"/> still has it.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The call.</param>
    /// <param name="owner">The lease's owner: see <see cref="OwnerOf"/>.</param>
    /// <param name="next">How long until the next node may claim the call.</param>
    /// <param name="activeCall">Its usage is saved; null when this node has not run the call.</param>
    internal async Task ReleaseLeaseAsync(TenantId tenant, VoiceCallId id, Guid? owner, TimeSpan next, ActiveVoiceCall? activeCall)
    {
        await using var db = await database.BeginAsync(tenant, CancellationToken.None);
        if (await db.LockAsync(id, CancellationToken.None) is not { } row || row.LeaseOwner != owner) return;
        if (activeCall is not null) row.Usage = MergeUsage(row.Usage, activeCall.Usage);
        (row.LeaseOwner, row.LeaseUntil) = (null, null);
        if (!row.IsOver) row.NextCheckAt = clock.GetUtcNow() + next;
        await db.CommitAsync(CancellationToken.None);
    }

    /// <summary>The owner of the lease while a call runs: its page's connection if the call is relayed, otherwise this node.</summary>
    internal Guid? OwnerOf(VoiceCall call) => call.Protocol == VoiceProtocol.SelfHosted ? call.LeaseOwner : Node;

    /// <summary>Marks the call as connected to this server. Retries until the database is available.</summary>
    /// <returns>Whether it is the call's first connection; null when the row was deleted.</returns>
    internal async Task<bool?> MarkAttachedAsync(VoiceCall call, Action<Exception> report, CancellationToken ct)
    {
        bool? isFirst = null;
        await DatabaseRetry.RunAsync(
            async token =>
            {
                await using var db = await database.BeginAsync(call.TenantId, token);
                if (await db.LockAsync(call.Id, token) is not { } row) return;
                // A retry after a commit whose response was lost finds AttachedAt already set, so keep the result of the first attempt.
                isFirst ??= row.AttachedAt is null;
                row.AttachedAt ??= clock.GetUtcNow();
                await db.CommitAsync(token);
            },
            clock,
            report,
            ct);
        return isFirst;
    }

    /// <summary>Takes the larger value of each usage figure. Figures only grow, so the larger value is the newer one.</summary>
    internal static Dictionary<string, long> MergeUsage(Dictionary<string, long> saved, IReadOnlyDictionary<string, long> counted)
    {
        var merged = new Dictionary<string, long>(saved, StringComparer.Ordinal);
        foreach (var (figure, amount) in counted) merged[figure] = Math.Max(amount, merged.GetValueOrDefault(figure));
        return merged;
    }
}

using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Inbox;

/// <summary>Which reps are online, and which conversations they look at.</summary>
internal sealed class PresenceService(TenantDatabase database, InboxReps reps, WakeUpSignal<HandoffQueue> queue)
{
    // Who looks says so every 20 seconds.
    private const string LookTime = "interval '45 seconds'";

    /// <summary>Whether a rep takes conversations now.</summary>
    public static async Task<bool> IsPresentAsync(TenantDb db, Guid rep, CancellationToken ct)
    {
        await using var command = db.Command($"select exists ({Handoff.PresentRep} and rep_id = $2)", [db.TenantId.Value, rep]);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Records a sign of a rep. A rep who comes online is offered the conversations that wait.</summary>
    public async Task SetAsync(TenantId tenant, InboxRep rep, bool available, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var wasPresent = await IsPresentAsync(db, rep.Id, ct);
        await using (var set = db.Command(
            """
            insert into rep_presence (tenant_id, rep_id, available) values ($1, $2, $3)
            on conflict (tenant_id, rep_id) do update set available = excluded.available, seen_at = now()
            """,
            [tenant.Value, rep.Id, available]))
        {
            await set.ExecuteNonQueryAsync(ct);
        }

        if (wasPresent != available)
        {
            // A rep who was offline gets offers again. The rows are locked in a fixed order, so that two reps don't block each other.
            await using var wake = db.Command(
                """
                update handoffs handoff
                set due_at = now(), offered = case when $3 then array_remove(handoff.offered, $2) else handoff.offered end
                from (
                  select conversation_id from handoffs
                  where tenant_id = $1 and not spam
                    and ((state = 'waiting' and ($3 or offered_to = $2))
                      or (state = 'open' and rep_id = $2 and unanswered_since is not null))
                  order by conversation_id for update
                ) woken
                where handoff.tenant_id = $1 and handoff.conversation_id = woken.conversation_id
                """,
                [tenant.Value, rep.Id, available]);
            await wake.ExecuteNonQueryAsync(ct);
            var presence = new RepPresence(rep.Id, rep.Name, available);
            await InboxNotices.SendAsync(db, new InboxNotice { Tenant = tenant.Value, Presence = presence }, ct);
        }

        await db.CommitAsync(ct);
        if (wasPresent != available) queue.Raise();
    }

    /// <summary>Returns all reps with whether they are online.</summary>
    public async Task<IReadOnlyList<RepPresence>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        var all = await reps.ListAsync(tenant, ct);
        var present = new HashSet<Guid>();
        await using var batch = database.Batch(tenant).Add(
            Handoff.PresentRep.Replace("select from", "select rep_id from", StringComparison.Ordinal),
            [tenant.Value]);
        await using var rows = await batch.ReadAsync(ct);
        while (await rows.ReadAsync(ct)) present.Add(rows.GetGuid(0));
        return [.. all.Select(rep => new RepPresence(rep.Id, rep.Name, present.Contains(rep.Id)))];
    }

    /// <summary>Records that a rep looks at a conversation, or has left it, and tells the others if that is new.</summary>
    /// <returns>False if there is no such conversation.</returns>
    public async Task<bool> LookAsync(TenantId tenant, ConversationId conversation, InboxRep rep, bool isLooking, CancellationToken ct)
    {
        var names = await reps.NamesAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await ConversationQueries.LastSeqAsync(db, conversation, ct) is null) return false;
        var before = await ViewersAsync(db, conversation, ct);
        await using (var look = db.Command(
            """
            insert into handoff_readers (tenant_id, conversation_id, rep_id, looked_at)
            values ($1, $2, $3, case when $4 then now() end)
            on conflict (tenant_id, conversation_id, rep_id) do update set looked_at = excluded.looked_at
            """,
            [tenant.Value, conversation.Value, rep.Id, isLooking]))
        {
            await look.ExecuteNonQueryAsync(ct);
        }

        var now = await ViewersAsync(db, conversation, ct);
        if (!before.SequenceEqual(now))
        {
            IReadOnlyList<InboxRep> viewers = [.. now.Select(id => new InboxRep(id, names.GetValueOrDefault(id, "")))];
            await InboxNotices.SendAsync(
                db,
                new InboxNotice { Tenant = tenant.Value, Conversation = conversation.Value, Viewers = viewers },
                ct);
        }

        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>Returns the reps who look at a conversation.</summary>
    public static async Task<IReadOnlyList<Guid>> ViewersAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select rep_id from handoff_readers
            where tenant_id = $1 and conversation_id = $2 and looked_at > now() - {LookTime} order by rep_id
            """,
            [db.TenantId.Value, conversation.Value]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var viewers = new List<Guid>();
        while (await rows.ReadAsync(ct)) viewers.Add(rows.GetGuid(0));
        return viewers;
    }
}

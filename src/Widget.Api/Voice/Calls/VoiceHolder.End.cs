using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>How a call ends or is given back, and what of it is saved then.</summary>
public sealed partial class VoiceHolder
{
    /// <summary>Ends a call: at the provider, then in the log, then in the row. Each step is idempotent.</summary>
    internal async Task EndAsync(VoiceCall call, HeldCall? held, VoiceEndReason reason, Func<Task>? hangUp)
    {
        try
        {
            await ChangeAsync(call, row => row.BeginEnd(reason, clock.GetUtcNow()));
        }
        catch (Exception e)
        {
            // The call costs money until it is hung up, so hang up first, whether the database is available or not.
            Report(e, call.Id);
        }

        var hungUp = await HangUpAsync(call, hangUp);
        var over = clock.GetUtcNow();
        if (held is not null) await held.CloseAsync(lifetime.ApplicationStopping);
        voices.Forget(call.ConversationId);
        // Only this node knows the usage of a call that it held, so retry until it is saved. Otherwise another node can save the end just
        // as well.
        if (held is not null) await DatabaseRetry.RunAsync(_ => SaveAsync(), clock, LogDatabaseAway, lifetime.ApplicationStopping);
        else await SaveAsync();

        Task SaveAsync() => ChangeAsync(call, async (db, row) =>
        {
            row.BeginEnd(reason, over);
            if (held is not null) row.Usage = Larger(row.Usage, held.Usage);
            if (hungUp) await finish.EndAsync(db, row, CancellationToken.None, over);
            else if (!row.IsOver) (row.LeaseOwner, row.LeaseUntil, row.NextCheckAt) = (null, null, clock.GetUtcNow() + timings.RetryingEnd);
        });
    }

    // False when it is to be tried again later.
    private async Task<bool> HangUpAsync(VoiceCall call, Func<Task>? hangUp)
    {
        try
        {
            if (hangUp is not null) await hangUp();
            return true;
        }
        catch (Exception e)
        {
            LogNotHungUp(e, call.Id);
            return e is VoiceProviderException { Fault: not VoiceFault.Temporary }
                || clock.GetUtcNow() > call.CreatedAt + timings.GivingUpEnd;
        }
    }

    /// <summary>
    /// Gives a call back to another node or to a page that reconnects. Does not throw; a lease that could not be given back expires.
    /// </summary>
    internal async Task ReleaseAsync(TenantId tenant, VoiceCallId id, TimeSpan next, HeldCall? held = null)
    {
        try
        {
            await using var db = await database.BeginAsync(tenant, CancellationToken.None);
            if (await db.LockAsync(id, CancellationToken.None) is not { } row || row.LeaseOwner != Node) return;
            if (held is not null) row.Usage = Larger(row.Usage, held.Usage);
            (row.LeaseOwner, row.LeaseUntil) = (null, null);
            if (!row.IsOver) row.NextCheckAt = clock.GetUtcNow() + next;
            await db.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            Report(e, id);
        }
    }

    private async Task SaveUsageAsync(VoiceCall call, HeldCall held)
    {
        try
        {
            await ChangeAsync(call, row => row.Usage = Larger(row.Usage, held.Usage));
        }
        catch (Exception e)
        {
            Report(e, call.Id);
        }
    }

    // Figures only grow, so the larger one is the later one, whichever node it comes from.
    private static Dictionary<string, long> Larger(Dictionary<string, long> saved, IReadOnlyDictionary<string, long> counted)
    {
        var larger = new Dictionary<string, long>(saved, StringComparer.Ordinal);
        foreach (var (figure, amount) in counted) larger[figure] = Math.Max(amount, larger.GetValueOrDefault(figure));
        return larger;
    }

    private Task ChangeAsync<T>(VoiceCall call, Func<VoiceCall, T> change) => ChangeAsync(call, (_, row) =>
    {
        change(row);
        return Task.CompletedTask;
    });

    private async Task ChangeAsync(VoiceCall call, Func<TenantDb, VoiceCall, Task> change)
    {
        await using var db = await database.BeginAsync(call.TenantId, CancellationToken.None);
        if (await db.LockAsync(call.Id, CancellationToken.None) is not { } row) return;
        await change(db, row);
        await db.CommitAsync(CancellationToken.None);
    }
}

using Microsoft.EntityFrameworkCore;
using Widget.Api.Video;
using Widget.Api.Voice.Calls;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Operations.Deletion;

/// <summary>Ends a tenant's calls: asks the nodes that run them to hang up, and waits for it.</summary>
internal sealed class TenantCalls(TenantDatabase database, VoiceBus bus, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    // The nodes look for due work about once a second.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <returns>The provider's ids of the voice calls that no node has ended within the timeout.</returns>
    public async Task<IReadOnlyList<string>> EndAsync(TenantId tenant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            var open = db.VideoSessions.FromSql($"select * from tavus_sessions where state not in ('ended', 'failed') for update");
            foreach (var session in await open.ToListAsync(ct))
                session.BeginEnd(TavusEndReason.Left, now);
            await db.CommitAsync(ct);
        }

        List<VoiceCall> calls;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            calls = await db.VoiceCalls.FromSql($"select * from voice_sessions where state not in ('ended', 'failed') for update")
                .ToListAsync(ct);
            foreach (var call in calls) call.BeginEnd(VoiceEndReason.Left, now);
            await db.CommitAsync(ct);
        }

        foreach (var call in calls) await bus.CommandAsync(call.Id, new VoiceCommand("look"), ct);
        for (var waited = TimeSpan.Zero; waited < Timeout; waited += PollInterval)
        {
            if (await RunningAsync(tenant, ct) is { Video: 0, Voice.Count: 0 }) return [];
            await Task.Delay(PollInterval, clock, ct);
        }

        return (await RunningAsync(tenant, ct)).Voice;
    }

    private async Task<(int Video, IReadOnlyList<string> Voice)> RunningAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var sessions = await db.VideoSessions.CountAsync(
            row => row.State != TavusSessionState.Ended && row.State != TavusSessionState.Failed,
            ct);
        var calls = await db.VoiceCalls.Where(
            row => row.State != VoiceSessionState.Ended && row.State != VoiceSessionState.Failed && row.CallId != null)
            .Select(row => row.CallId!).ToListAsync(ct);
        return (sessions, calls);
    }
}

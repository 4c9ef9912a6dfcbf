using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>The table of voice calls.</summary>
public static class VoiceTables
{
    public static TenantTables Tables { get; } = new(typeof(VoiceTables).Assembly, VoiceCall.Map);

    extension(TenantDb db)
    {
        public DbSet<VoiceCall> VoiceCalls => db.Set<VoiceCall>();

        /// <summary>The call, locked until the transaction ends; null when the tenant has none with this id.</summary>
        public Task<VoiceCall?> LockAsync(VoiceCallId id, CancellationToken ct) =>
            db.VoiceCalls.FromSql($"select * from voice_sessions where id = {id.Value} for update").SingleOrDefaultAsync(ct);

        /// <summary>The call, read-only; null when the tenant has none with this id.</summary>
        public Task<VoiceCall?> FindCallAsync(VoiceCallId id, CancellationToken ct) =>
            db.VoiceCalls.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct);
    }
}

using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>The table of cached audio.</summary>
public static class SpeechTables
{
    public static TenantTables Tables { get; } = new(typeof(SpeechTables).Assembly, Speech.CachedSpeech.Map);

    extension(TenantDb db)
    {
        public DbSet<CachedSpeech> CachedSpeech => db.Set<CachedSpeech>();
    }
}

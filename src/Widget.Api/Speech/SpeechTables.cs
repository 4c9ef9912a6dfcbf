using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>The table of sentences that were read aloud.</summary>
public static class SpeechTables
{
    public static TenantTables Tables { get; } = new(typeof(SpeechTables).Assembly, Speech.KeptSpeech.Map);

    extension(TenantDb db)
    {
        public DbSet<KeptSpeech> KeptSpeech => db.Set<KeptSpeech>();
    }
}

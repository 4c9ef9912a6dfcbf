using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>The tables of the Tavus mirror.</summary>
public static class MirrorTables
{
    public static TenantTables Tables { get; } = new(typeof(MirrorTables).Assembly, Widget.Rag.Tavus.Mirror.TavusKnowledge.Map);

    extension(TenantDb db)
    {
        public DbSet<TavusKnowledge> TavusKnowledge => db.Set<TavusKnowledge>();

        public DbSet<MirroredDocument> TavusDocuments => db.Set<MirroredDocument>();

        public DbSet<MirroredPage> TavusPages => db.Set<MirroredPage>();

        public DbSet<MirroredPassage> TavusPassages => db.Set<MirroredPassage>();
    }
}

using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings;

/// <summary>The tables of reps' busy times and meetings.</summary>
public static class MeetingTables
{
    public static TenantTables Tables { get; } = new(typeof(MeetingTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<MeetingRow> Meetings => db.Set<MeetingRow>();

        public DbSet<BusyFeedRow> BusyFeeds => db.Set<BusyFeedRow>();

        public DbSet<BusyTimeRow> BusyTimes => db.Set<BusyTimeRow>();
    }

    private static void Map(ModelBuilder model)
    {
        BusyFeedRow.Map(model);
        MeetingRow.Map(model);
    }
}

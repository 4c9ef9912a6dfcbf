using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings;

/// <summary>The tables of reps, their busy times and their meetings.</summary>
public static class MeetingTables
{
    public static TenantTables Tables { get; } = new(typeof(MeetingTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<RepRow> Reps => db.Set<RepRow>();

        public DbSet<MeetingRow> Meetings => db.Set<MeetingRow>();

        public DbSet<BusyFeedRow> BusyFeeds => db.Set<BusyFeedRow>();

        public DbSet<BusyTimeRow> BusyTimes => db.Set<BusyTimeRow>();
    }

    private static void Map(ModelBuilder model)
    {
        RepRow.Map(model);
        BusyFeedRow.Map(model);
        MeetingRow.Map(model);
    }
}

using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>The tables of video sessions and of Tavus's callbacks.</summary>
public static class VideoTables
{
    public static TenantTables Tables { get; } = new(typeof(VideoTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<VideoSession> VideoSessions => db.Set<VideoSession>();

        public DbSet<VideoCallback> VideoCallbacks => db.Set<VideoCallback>();

        /// <summary>The session, locked until the transaction ends; null when the tenant has none with this id.</summary>
        public Task<VideoSession?> LockAsync(VideoSessionId id, CancellationToken ct) =>
            db.VideoSessions.FromSql($"select * from tavus_sessions where id = {id.Value} for update").SingleOrDefaultAsync(ct);

        /// <summary>Whether another session is ahead of this one in the queue of its account.</summary>
        public async Task<bool> IsBlockedAsync(VideoSession session, TimeSpan headStart, CancellationToken ct)
        {
            await using var command = db.Command(
                "select tavus_queue_blocked($1, $2, $3, $4)", [session.Account, session.CreatedAt, session.Id.Value, headStart]);
            return (bool)(await command.ExecuteScalarAsync(ct))!;
        }

        /// <summary>
        /// Lets the first session in the account's queue try to get a slot, after this transaction is committed and its locks are released.
        /// </summary>
        public void WakeQueue(string account) => db.AfterCommit(async ct =>
        {
            try
            {
                await db.Database.ExecuteSqlAsync($"select wake_tavus_queue({account})", ct);
            }
            catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
            {
                // Every session in the queue also tries by itself every few seconds.
            }
        });
    }

    private static void Map(ModelBuilder model)
    {
        VideoSession.Map(model);
        VideoCallback.Map(model);
    }
}

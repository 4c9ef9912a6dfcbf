using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Api.Tavus.Sessions;

/// <summary>Video sessions and what Tavus said of them, in one transaction.</summary>
public sealed class VideoDb(DbContextOptions<VideoDb> options, TenantId tenantId) : TenantDbContext(options, tenantId)
{
    public DbSet<VideoSession> Sessions => Set<VideoSession>();

    public DbSet<VideoCallback> Callbacks => Set<VideoCallback>();

    /// <summary>The session, locked until the transaction ends; null when the tenant has none with this id.</summary>
    public Task<VideoSession?> LockAsync(VideoSessionId id, CancellationToken ct) =>
        Sessions.FromSql($"select * from tavus_sessions where id = {id.Value} for update").SingleOrDefaultAsync(ct);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        MapIds(configurationBuilder, typeof(TenantId).Assembly);
        MapIds(configurationBuilder, typeof(VideoDb).Assembly);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        VideoSession.Map(modelBuilder);
        NameColumnsInSnakeCase(modelBuilder);
        FilterByTenant(modelBuilder);
    }
}

/// <summary>Opens transactions on the video tables, each for one tenant.</summary>
public sealed class VideoDatabase(NpgsqlDataSource dataSource)
    : TenantDatabase<VideoDb>(dataSource, (options, tenant) => new VideoDb(options, tenant));

using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Api.Tavus.Sessions;

/// <summary>Video sessions and what Tavus said of them, in one transaction.</summary>
public sealed class VideoDb(DbContextOptions<VideoDb> options, TenantId tenantId) : TenantDbContext(options, tenantId)
{
    private string? _line;

    public DbSet<VideoSession> Sessions => Set<VideoSession>();

    public DbSet<VideoCallback> Callbacks => Set<VideoCallback>();

    /// <summary>The session, locked until the transaction ends; null when the tenant has none with this id.</summary>
    public Task<VideoSession?> LockAsync(VideoSessionId id, CancellationToken ct) =>
        Sessions.FromSql($"select * from tavus_sessions where id = {id.Value} for update").SingleOrDefaultAsync(ct);

    /// <summary>Somebody before it in its account's line is to be let in first.</summary>
    public async Task<bool> IsBlockedAsync(VideoSession session, TimeSpan headStart, CancellationToken ct)
    {
        await using var command = Command("select tavus_queue_blocked($1, $2, $3, $4)", [session.Account, session.CreatedAt, session.Id.Value, headStart]);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Lets the first in the account's line try for a slot as soon as this transaction is committed, when it holds no lock any more.</summary>
    public void WakeLine(string account) => _line = account;

    public override async Task CommitAsync(CancellationToken ct)
    {
        await base.CommitAsync(ct);
        if (_line is not { } account) return;
        _line = null;
        try
        {
            await Database.ExecuteSqlAsync($"select wake_tavus_queue({account})", ct);
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
        {
            // It tries by itself every few seconds.
        }
    }

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

using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Tavus.Tools;
using Widget.Rag.Storage;

namespace Widget.Api.Tools;

/// <summary>A call of a tool, which runs once.</summary>
public sealed class ToolCallRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string CallId { get; init; }

    public ConversationId? ConversationId { get; init; }

    public required string Name { get; init; }

    /// <summary>JSON.</summary>
    public required string Arguments { get; init; }

    /// <summary>"running" or "done".</summary>
    public required string State { get; init; }

    public bool? Success { get; init; }

    /// <summary>JSON; null while it runs.</summary>
    public string? Result { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the run that is under way began.</summary>
    public DateTimeOffset TakenAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var call = model.Entity<ToolCallRow>();
        call.ToTable("tool_calls").HasKey(row => new { row.TenantId, row.CallId });
        call.Property(row => row.Arguments).HasColumnType("jsonb");
        call.Property(row => row.Result).HasColumnType("jsonb");
        call.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        call.Property(row => row.TakenAt).HasDefaultValueSql("now()");
    }
}

/// <summary>Calls of tools and where tools are registered, in one transaction.</summary>
public sealed class ToolDb(DbContextOptions<ToolDb> options, TenantId tenantId) : TenantDbContext(options, tenantId)
{
    public DbSet<ToolCallRow> Calls => Set<ToolCallRow>();

    public DbSet<RegisteredTool> Registered => Set<RegisteredTool>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        MapIds(configurationBuilder, typeof(TenantId).Assembly);
        MapIds(configurationBuilder, typeof(ToolDb).Assembly);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ToolCallRow.Map(modelBuilder);
        RegisteredTool.Map(modelBuilder);
        NameColumnsInSnakeCase(modelBuilder);
        FilterByTenant(modelBuilder);
    }
}

/// <summary>Opens transactions on the tools' tables, each for one tenant.</summary>
public sealed class ToolDatabase(NpgsqlDataSource dataSource)
    : TenantDatabase<ToolDb>(dataSource, (options, tenant) => new ToolDb(options, tenant));

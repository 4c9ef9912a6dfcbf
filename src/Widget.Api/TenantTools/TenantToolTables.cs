using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.TenantTools;

/// <summary>A tool that a tenant runs on a server of its own.</summary>
public sealed class HttpToolRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    /// <summary>Unique within the tenant.</summary>
    public required string Name { get; set; }

    public required string Description { get; set; }

    /// <summary>JSON Schema of the arguments.</summary>
    public required string Parameters { get; set; }

    public required string Url { get; set; }

    /// <summary>Encrypted.</summary>
    public required string Secret { get; set; }

    /// <summary>The previous secret, encrypted. Calls are signed with it, too, until <see cref="OldSecretUntil"/>.</summary>
    public string? OldSecret { get; set; }

    public DateTimeOffset? OldSecretUntil { get; set; }

    public required bool HasEffects { get; set; }

    public required bool Enabled { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var tool = model.Entity<HttpToolRow>();
        tool.ToTable("http_tools").HasKey(row => new { row.TenantId, row.Id });
        tool.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        tool.Property(row => row.Parameters).HasColumnType("jsonb");
        tool.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        tool.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");
        McpServerRow.Map(model);
        McpToolRow.Map(model);
    }
}

/// <summary>A server of the Model Context Protocol whose tools the assistant may use.</summary>
public sealed class McpServerRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    /// <summary>Unique within the tenant.</summary>
    public required string Name { get; set; }

    public required string Url { get; set; }

    /// <summary>The headers of requests as a JSON object, encrypted; null for none.</summary>
    public string? Headers { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var server = model.Entity<McpServerRow>();
        server.ToTable("mcp_servers").HasKey(row => new { row.TenantId, row.Id });
        server.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        server.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>A chosen tool of a server, as the server described it when it was chosen.</summary>
public sealed class McpToolRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid ServerId { get; init; }

    /// <summary>The server's own name.</summary>
    public required string Name { get; init; }

    /// <summary>The name that models use. Unique within the tenant.</summary>
    public required string Alias { get; init; }

    public required string Description { get; init; }

    /// <summary>JSON Schema of the arguments.</summary>
    public required string Parameters { get; init; }

    public required bool HasEffects { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var tool = model.Entity<McpToolRow>();
        tool.ToTable("mcp_tools").HasKey(row => new { row.TenantId, row.ServerId, row.Name });
        tool.HasOne<McpServerRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.ServerId });
        tool.Property(row => row.Parameters).HasColumnType("jsonb");
    }
}

/// <summary>The tables of tenants' own tools.</summary>
public static class TenantToolTables
{
    public static TenantTables Tables { get; } = new(typeof(TenantToolTables).Assembly, HttpToolRow.Map);

    extension(TenantDb db)
    {
        public DbSet<HttpToolRow> HttpTools => db.Set<HttpToolRow>();

        public DbSet<McpServerRow> McpServers => db.Set<McpServerRow>();

        public DbSet<McpToolRow> McpTools => db.Set<McpToolRow>();
    }
}

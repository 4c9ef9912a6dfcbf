using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

/// <summary>
/// Some of a tenant's passages were split into words by an earlier version. They are found as before, and are split again in the order of
/// their ids. A migration adds a backlog for every tenant when the words of a text change.
/// </summary>
public sealed class LexicalBacklog : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>The last passage that was split again.</summary>
    public Guid AfterChunk { get; init; }

    public DateTimeOffset RetryAt { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var backlog = model.Entity<LexicalBacklog>();
        backlog.ToTable("lexical_backlogs").HasKey(row => row.TenantId);
        backlog.Property(row => row.RetryAt).HasDefaultValueSql("now()");
    }
}

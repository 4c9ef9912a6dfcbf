using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>The record of a tool call.</summary>
public sealed class ToolCallRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string CallId { get; init; }

    /// <summary>The order of the calls.</summary>
    public long Position { get; init; }

    public ConversationId? ConversationId { get; init; }

    /// <summary>One of <see cref="ToolChannels"/>; null for calls from before this was recorded.</summary>
    public string? Channel { get; init; }

    public required string Name { get; init; }

    /// <summary>JSON.</summary>
    public required string Arguments { get; init; }

    /// <summary>"running"; "done" when the call has ended, successfully or not; "refused" if it did not run.</summary>
    public required string State { get; init; }

    public bool? Success { get; init; }

    /// <summary>JSON; null while the call runs.</summary>
    public string? Result { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a node last started to run the call.</summary>
    public DateTimeOffset TakenAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var call = model.Entity<ToolCallRow>();
        call.ToTable("tool_calls").HasKey(row => new { row.TenantId, row.CallId });
        call.Property(row => row.Position).UseIdentityAlwaysColumn();
        call.Property(row => row.Arguments).HasColumnType("jsonb");
        call.Property(row => row.Result).HasColumnType("jsonb");
        call.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        call.Property(row => row.TakenAt).HasDefaultValueSql("now()");
    }
}

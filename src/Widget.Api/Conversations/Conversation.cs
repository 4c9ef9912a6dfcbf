using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>
/// A visitor's id. A caller that knows it can continue the visitor's conversations, so it is entirely random (version 4) and cannot be
/// guessed from the time.
/// </summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct VisitorId(Guid Value) : ITypedId<VisitorId>
{
    public static VisitorId New() => new(Guid.NewGuid());

    public static VisitorId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct ConversationId(Guid Value) : ITypedId<ConversationId>
{
    public static ConversationId New() => new(Guid.CreateVersion7());

    public static ConversationId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>The id of a message of the assistant.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct MessageId(Guid Value) : ITypedId<MessageId>
{
    public static MessageId New() => new(Guid.CreateVersion7());

    public static MessageId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>A person on a customer's site.</summary>
public sealed class Visitor : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required VisitorId Id { get; init; }

    /// <summary>The site's id for the visitor; not verified.</summary>
    public string? ExternalId { get; set; }

    /// <summary>The site's id for the visitor, which the site's server has verified. Unique within the tenant.</summary>
    public string? VerifiedId { get; set; }

    /// <summary>The widget's language for the visitor.</summary>
    public string? Locale { get; set; }

    /// <summary>What the site says about the visitor, such as name and e-mail address; not verified.</summary>
    public required Dictionary<string, string> Traits { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var visitor = model.Entity<Visitor>();
        visitor.ToTable("visitors").HasKey(row => new { row.TenantId, row.Id });
        visitor.Property(row => row.Traits).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<Dictionary<string, string>>(text, JsonSerializerOptions.Web)!);
        visitor.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>A log of events between a visitor and the tenant.</summary>
public sealed class Conversation : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required ConversationId Id { get; init; }

    public required VisitorId VisitorId { get; init; }

    /// <summary>Seq of the last event; 0 before the first one.</summary>
    public int LastSeq { get; init; }

    /// <summary>What the page says about itself. The assistant receives it.</summary>
    public required Dictionary<string, string> Context { get; set; }

    /// <summary>The agent that answers; null for the assistant that the settings describe.</summary>
    public Guid? AgentId { get; init; }

    /// <summary>The agent's name, which events contain.</summary>
    public string? AgentName { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    internal static Dictionary<string, string> ParseContext(string stored) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(stored, JsonSerializerOptions.Web)!;

    internal static void Map(ModelBuilder model)
    {
        var conversation = model.Entity<Conversation>();
        conversation.ToTable("conversations").HasKey(row => new { row.TenantId, row.Id });
        conversation.HasOne<Visitor>().WithMany().HasForeignKey(row => new { row.TenantId, row.VisitorId });
        conversation.Property(row => row.Context).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => ParseContext(text));
        conversation.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        conversation.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");

        var entry = model.Entity<ConversationEventRow>();
        entry.ToTable("conversation_events").HasKey(row => new { row.TenantId, row.ConversationId, row.Seq });
        entry.HasOne<Conversation>().WithMany().HasForeignKey(row => new { row.TenantId, row.ConversationId });
        entry.Property(row => row.Data).HasColumnType("jsonb");
        entry.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var pending = model.Entity<PendingAnswer>();
        pending.ToTable("pending_answers").HasKey(row => new { row.TenantId, row.MessageId });
        pending.HasOne<ConversationEventRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.ConversationId, row.QuestionSeq });
        pending.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>The database row of an event. <see cref="ConversationLog"/> reads and appends events.</summary>
public sealed class ConversationEventRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required int Seq { get; init; }

    public required string Kind { get; init; }

    public string? ClientId { get; init; }

    public MessageId? MessageId { get; init; }

    public required string Data { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A question whose answer is not in the log yet, with the lease of the node that writes the answer.</summary>
public sealed class PendingAnswer : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required MessageId MessageId { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required int QuestionSeq { get; init; }

    /// <summary>How many times a node has begun to write the answer.</summary>
    public required int Attempt { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>The trace in which the question was asked (W3C traceparent), for a node that takes over the answer.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Whether the visitor has stopped the answer. The text so far is then the answer.</summary>
    public bool StopRequested { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

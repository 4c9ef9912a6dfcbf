using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Webhooks;

/// <summary>An address that a tenant's events are posted to.</summary>
public sealed class WebhookEndpointRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string Url { get; set; }

    public string? Description { get; set; }

    public required string[] Events { get; set; }

    /// <summary>Encrypted (<see cref="WebhookSecrets"/>).</summary>
    public required string Secret { get; set; }

    /// <summary>The previous secret, encrypted. Messages are signed with it, too, until <see cref="OldSecretUntil"/>.</summary>
    public string? OldSecret { get; set; }

    public DateTimeOffset? OldSecretUntil { get; set; }

    public bool Enabled { get; set; }

    /// <summary>Why the server has disabled the endpoint, in words for people.</summary>
    public string? DisabledReason { get; set; }

    public DateTimeOffset? DeliveredAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var endpoint = model.Entity<WebhookEndpointRow>();
        endpoint.ToTable("webhook_endpoints").HasKey(row => new { row.TenantId, row.Id });
        endpoint.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        endpoint.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        WebhookDeliveryRow.Map(model);
    }
}

/// <summary>A message to an endpoint, in the outbox or sent. Triggers of the database add it (migration 0039).</summary>
public sealed class WebhookDeliveryRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>Also the message's id, the same for all attempts.</summary>
    public required Guid Id { get; init; }

    /// <summary>The order of the messages.</summary>
    public long Position { get; init; }

    public required Guid EndpointId { get; init; }

    public required string Event { get; init; }

    public Guid? ConversationId { get; init; }

    public Guid? LeadId { get; init; }

    /// <summary>
    /// What the message is about: the id of a conversation, lead, meeting or source. Messages about the same subject arrive in order. Null
    /// if the order does not matter.
    /// </summary>
    public string? Subject { get; init; }

    public required JsonElement Data { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>When sending was given up.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    public int? ResponseStatus { get; init; }

    public string? Error { get; init; }

    public DateTimeOffset? AttemptedAt { get; init; }

    /// <summary>When somebody last asked to send it again. Attempts are counted from then.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var delivery = model.Entity<WebhookDeliveryRow>();
        delivery.ToTable("webhook_deliveries").HasKey(row => new { row.TenantId, row.Id });
        delivery.HasOne<WebhookEndpointRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.EndpointId });
        delivery.Property(row => row.Position).UseIdentityAlwaysColumn();
        delivery.Property(row => row.Subject).HasComputedColumnSql(
            "coalesce(conversation_id::text, lead_id::text, data ->> 'meetingId', data ->> 'sourceId')",
            stored: true);
        delivery.Property(row => row.Attempts).HasDefaultValue(0);
        delivery.Property(row => row.DueAt).HasDefaultValueSql("now()");
        delivery.Property(row => row.CreatedAt).HasDefaultValueSql("clock_timestamp()");
    }
}

/// <summary>The tables of webhooks.</summary>
public static class WebhookTables
{
    public static TenantTables Tables { get; } = new(typeof(WebhookTables).Assembly, WebhookEndpointRow.Map);

    extension(TenantDb db)
    {
        public DbSet<WebhookEndpointRow> WebhookEndpoints => db.Set<WebhookEndpointRow>();

        public DbSet<WebhookDeliveryRow> WebhookDeliveries => db.Set<WebhookDeliveryRow>();
    }
}

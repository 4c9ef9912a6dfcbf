using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct MeetingId(Guid Value) : ITypedId<MeetingId>
{
    public static MeetingId New() => new(Guid.CreateVersion7());

    public static MeetingId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>A meeting that is or was booked.</summary>
public sealed class MeetingRow : ITenantOwned
{
    public const string Booked = "booked";
    public const string Cancelled = "cancelled";

    public required TenantId TenantId { get; init; }

    public required MeetingId Id { get; init; }

    public required RepId RepId { get; set; }

    public required DateTimeOffset StartsAt { get; set; }

    public required DateTimeOffset EndsAt { get; set; }

    public string State { get; set; } = Booked;

    /// <summary>The visitor's conversation; null if a program booked the meeting.</summary>
    public Guid? ConversationId { get; init; }

    public string? Name { get; init; }

    public required string Email { get; init; }

    public string? Phone { get; init; }

    public string? Note { get; init; }

    /// <summary>The time zone of the person who meets the rep, as an IANA id.</summary>
    public required string TimeZone { get; init; }

    public string? Locale { get; init; }

    /// <summary>Grows with each change, as SEQUENCE of the invitation.</summary>
    public int Sequence { get; set; }

    /// <summary>The idempotency key of the booking. A second request with the same key books nothing more.</summary>
    public required string BookingKey { get; init; }

    /// <summary>The start that was requested when the meeting was booked. It stays when the meeting is moved.</summary>
    public required DateTimeOffset RequestedStart { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; set; }

    internal bool IsCancelled => State == Cancelled;

    /// <summary>The person's time zone. UTC if it does not exist any more.</summary>
    internal DateTimeZone Zone => DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone) ?? DateTimeZone.Utc;

    internal static void Map(ModelBuilder model)
    {
        var meeting = model.Entity<MeetingRow>();
        meeting.ToTable("meetings").HasKey(row => new { row.TenantId, row.Id });
        meeting.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        meeting.HasOne<RepRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.RepId });
        meeting.Property(row => row.State).HasDefaultValue(Booked);
        meeting.Property(row => row.Sequence).HasDefaultValue(0);
        meeting.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

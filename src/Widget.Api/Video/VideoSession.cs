using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Tavus;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct VideoSessionId(Guid Value) : ITypedId<VideoSessionId>
{
    public static VideoSessionId New() => new(Guid.CreateVersion7());

    public static VideoSessionId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>What the avatar is to know of the visit, for the creation that may come later.</summary>
public sealed record VideoWish(string? Page, string? Locale, string? AgentName = null);

/// <summary>
/// A visitor's call with the avatar, from the wish for it to what is left of it. It is a conversation at Tavus, which costs money and holds a
/// slot of the account from its creation until it is ended there.
/// </summary>
public sealed class VideoSession : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required VideoSessionId Id { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required VisitorId VisitorId { get; init; }

    /// <summary>The caller's own id: asking twice opens one session.</summary>
    public required string ClientId { get; init; }

    public required TavusSessionState State { get; set; }

    /// <summary><see cref="TavusAccount.Fingerprint"/>: slots are the account's.</summary>
    public required string Account { get; init; }

    public required string ReplicaId { get; init; }

    public string? PersonaId { get; init; }

    public required VideoWish Wish { get; init; }

    /// <summary>A page gives signs of life. Without one, Tavus's own limits end the call.</summary>
    public required bool Watched { get; init; }

    /// <summary>Longest that it may last, which is kept free of the tenant's budget.</summary>
    public required int ReservedSeconds { get; init; }

    /// <summary>The conversation's name at Tavus, by which one is found whose creation was not heard of.</summary>
    public required string Name { get; init; }

    /// <summary>When Tavus was last asked to open it.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    public string? TavusConversationId { get; set; }

    public string? ConversationUrl { get; set; }

    public string? MeetingToken { get; set; }

    /// <summary>SHA-256 of what its callback address carries.</summary>
    public required byte[] CallbackToken { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it waits for a slot; null for one that never had to.</summary>
    public DateTimeOffset? QueuedAt { get; set; }

    /// <summary>Since when it exists at Tavus, and costs.</summary>
    public DateTimeOffset? OpenedAt { get; set; }

    public DateTimeOffset? JoinedAt { get; set; }

    /// <summary>The page's last sign of life.</summary>
    public DateTimeOffset SeenAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public TavusEndReason? EndReason { get; set; }

    /// <summary>Tavus's own words.</summary>
    public string? ShutdownReason { get; set; }

    public int? Seconds { get; set; }

    /// <summary>Where the recording is, as Tavus says it.</summary>
    public string? Recording { get; set; }

    /// <summary>What the avatar has seen, as Tavus sums it up.</summary>
    public string? Perception { get; set; }

    /// <summary>How many utterances were heard by the page.</summary>
    public int Heard { get; set; }

    /// <summary>When Tavus's transcript was merged into the log. Nothing that is heard later is added.</summary>
    public DateTimeOffset? TranscribedAt { get; set; }

    /// <summary>When to look at it again; null when there is nothing left to see to.</summary>
    public DateTimeOffset? NextCheckAt { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>It waits for a slot, or is just trying for one.</summary>
    public bool IsInLine => QueuedAt is not null && State is (TavusSessionState.Queued or TavusSessionState.Creating);

    /// <summary>It is over, at Tavus too.</summary>
    public bool IsOver => State is TavusSessionState.Ended or TavusSessionState.Failed;

    /// <summary>When its time is up; null while it is not open.</summary>
    public DateTimeOffset? Deadline => OpenedAt?.AddSeconds(ReservedSeconds);

    /// <summary>Wishes it ended. It is over when Tavus has confirmed it, and at once when Tavus has never heard of it.</summary>
    /// <returns>False when it is over or on its way there.</returns>
    public bool BeginEnd(TavusEndReason reason, DateTimeOffset now)
    {
        if (IsOver || State == TavusSessionState.Ending) return false;
        EndReason = reason;
        State = TavusSessionState.Ending;
        NextCheckAt = now;
        return true;
    }

    internal static void Map(ModelBuilder model)
    {
        var session = model.Entity<VideoSession>();
        session.ToTable("tavus_sessions").HasKey(row => new { row.TenantId, row.Id });
        session.Property(row => row.State).HasConversion(value => ToText(value), text => FromText<TavusSessionState>(text));
        session.Property(row => row.EndReason).HasConversion(value => ToText(value!.Value), text => FromText<TavusEndReason>(text));
        session.Property(row => row.Wish).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<VideoWish>(text, JsonSerializerOptions.Web)!);
        session.Property(row => row.Recording).HasColumnType("jsonb");
        session.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        session.Property(row => row.SeenAt).HasDefaultValueSql("now()");

        var callback = model.Entity<VideoCallback>();
        callback.ToTable("tavus_callbacks").HasKey(row => new { row.TenantId, row.SessionId, row.Digest });
        callback.HasOne<VideoSession>().WithMany().HasForeignKey(row => new { row.TenantId, row.SessionId });
        callback.Property(row => row.Body).HasColumnType("jsonb");
        callback.Property(row => row.ReceivedAt).HasDefaultValueSql("now()");
    }

    private static string ToText<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static T FromText<T>(string text)
        where T : struct, Enum => Enum.Parse<T>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}

/// <summary>Something that Tavus called back with.</summary>
public sealed class VideoCallback : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required VideoSessionId SessionId { get; init; }

    /// <summary>Of the event's type and properties: the same event twice is one.</summary>
    public required byte[] Digest { get; init; }

    public required string EventType { get; init; }

    public required string Body { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public DateTimeOffset? HandledAt { get; set; }
}

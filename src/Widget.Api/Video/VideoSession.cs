using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Tavus;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>
/// A visitor's call with the avatar, from the request to the results of the ended call. It is a conversation at Tavus, which costs money
/// and occupies a slot of the account from its creation until it ends there.
/// </summary>
public sealed class VideoSession : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required VideoSessionId Id { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required VisitorId VisitorId { get; init; }

    /// <summary>Chosen by the caller, so that a repeated request opens one session.</summary>
    public required string ClientId { get; init; }

    public required TavusSessionState State { get; set; }

    /// <summary><see cref="TavusAccount.Fingerprint"/>; the sessions of an account share its slots.</summary>
    public required string Account { get; init; }

    public required string ReplicaId { get; init; }

    public string? PersonaId { get; init; }

    /// <summary>What the page requested.</summary>
    public required VideoSessionDetails Wish { get; init; }

    /// <summary>Whether a page reports regularly that it is open. A program does not, so Tavus's limits end its call.</summary>
    public required bool Watched { get; init; }

    /// <summary>The time limit, which is reserved from the tenant's monthly minutes.</summary>
    public required int ReservedSeconds { get; init; }

    /// <summary>The conversation's unique name at Tavus. It finds the conversation if the response to its creation was lost.</summary>
    public required string Name { get; init; }

    /// <summary>When Tavus was last asked to create the conversation.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    public string? TavusConversationId { get; set; }

    public string? ConversationUrl { get; set; }

    public string? MeetingToken { get; set; }

    /// <summary>SHA-256 of the secret in the callback URL.</summary>
    public required byte[] CallbackToken { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the session joined the queue for a slot; null when a slot was free at once.</summary>
    public DateTimeOffset? QueuedAt { get; set; }

    /// <summary>When the conversation was created at Tavus. It costs money from then on.</summary>
    public DateTimeOffset? OpenedAt { get; set; }

    public DateTimeOffset? JoinedAt { get; set; }

    /// <summary>When the page last reported that it is open.</summary>
    public DateTimeOffset SeenAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public TavusEndReason? EndReason { get; set; }

    /// <summary>The reason in Tavus's words.</summary>
    public string? ShutdownReason { get; set; }

    public int? Seconds { get; set; }

    /// <summary>JSON from Tavus: where the recording is stored.</summary>
    public string? Recording { get; set; }

    /// <summary>Tavus's summary of what the avatar saw.</summary>
    public string? Perception { get; set; }

    /// <summary>The number of utterances that the page has reported.</summary>
    public int Heard { get; set; }

    /// <summary>When Tavus's transcript was merged into the log. Later reports of the page are ignored.</summary>
    public DateTimeOffset? TranscribedAt { get; set; }

    /// <summary>When to check the session again; null when nothing is left to do.</summary>
    public DateTimeOffset? NextCheckAt { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Whether the session is in the queue: it waits for a slot or is trying to get one.</summary>
    public bool IsWaitingForSlot => QueuedAt is not null && State is (TavusSessionState.Queued or TavusSessionState.Creating);

    /// <summary>Whether the call is over, also at Tavus.</summary>
    public bool IsOver => State is TavusSessionState.Ended or TavusSessionState.Failed;

    /// <summary>When the call reaches its time limit; null while it is not open.</summary>
    public DateTimeOffset? Deadline => OpenedAt?.AddSeconds(ReservedSeconds);

    /// <summary>Requests the end. The call is over when Tavus confirms it.</summary>
    /// <returns>False when the call is over or ending already.</returns>
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
        session.Property(row => row.State).HasConversion(
            value => JsonNames.ToText(value),
            text => JsonNames.Parse<TavusSessionState>(text));
        session.Property(row => row.EndReason).HasConversion(
            value => JsonNames.ToText(value!.Value),
            text => JsonNames.Parse<TavusEndReason>(text));
        session.Property(row => row.Wish).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<VideoSessionDetails>(text, JsonSerializerOptions.Web)!);
        session.Property(row => row.Recording).HasColumnType("jsonb");
        session.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        session.Property(row => row.SeenAt).HasDefaultValueSql("now()");
    }
}

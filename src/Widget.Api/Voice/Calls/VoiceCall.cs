using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// A visitor's voice call, as a row that all nodes share. It costs money from the provider's answer until it is hung up.
/// </summary>
public sealed class VoiceCall : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required VoiceCallId Id { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required VisitorId VisitorId { get; init; }

    /// <summary>Chosen by the caller, so that a repeated request opens one call.</summary>
    public required string ClientId { get; init; }

    public required VoiceSessionState State { get; set; }

    public required VoiceProtocol Protocol { get; init; }

    public required string Endpoint { get; init; }

    /// <summary><see cref="VoiceAccount.Fingerprint"/>.</summary>
    public required string Account { get; init; }

    public required string Model { get; init; }

    /// <summary>The configuration that was sent to the provider.</summary>
    public required VoicePlan Plan { get; init; }

    /// <summary>The provider's id of the call; null until the provider has answered.</summary>
    public string? CallId { get; set; }

    /// <summary>Whether a page reports regularly that it is open. A program does not, so the provider's limits end its call.</summary>
    public required bool Watched { get; init; }

    /// <summary>The time limit, which is reserved from the tenant's monthly minutes.</summary>
    public required int ReservedSeconds { get; init; }

    /// <summary>The earlier call that this one continues, because the provider ended it at its own limit; null for none.</summary>
    public VoiceCallId? Continues { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? OpenedAt { get; set; }

    /// <summary>When a server first connected to the call and sent the earlier conversation.</summary>
    public DateTimeOffset? AttachedAt { get; set; }

    /// <summary>When the page last reported that it is open.</summary>
    public DateTimeOffset SeenAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public VoiceEndReason? EndReason { get; set; }

    public int? Seconds { get; set; }

    /// <summary>Sums of the provider's usage figures.</summary>
    public required Dictionary<string, long> Usage { get; set; }

    /// <summary>When a node may claim the call, if none has its lease; null when nothing is left to do.</summary>
    public DateTimeOffset? NextCheckAt { get; set; }

    /// <summary>Who has the lease: the node that runs or checks the call, or the connection that relays it.</summary>
    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    public bool IsOver => State is VoiceSessionState.Ended or VoiceSessionState.Failed;

    /// <summary>When the call reaches its time limit; null while it is not open.</summary>
    public DateTimeOffset? Deadline => OpenedAt?.AddSeconds(ReservedSeconds);

    /// <summary>Requests the end. The node that runs the call hangs up.</summary>
    /// <returns>False when the call is over or ending already.</returns>
    public bool BeginEnd(VoiceEndReason reason, DateTimeOffset now)
    {
        if (IsOver || State == VoiceSessionState.Ending) return false;
        (State, EndReason, NextCheckAt) = (VoiceSessionState.Ending, reason, now);
        return true;
    }

    internal static void Map(ModelBuilder model)
    {
        var call = model.Entity<VoiceCall>();
        call.ToTable("voice_sessions").HasKey(row => new { row.TenantId, row.Id });
        call.Property(row => row.State).HasConversion(
            value => JsonNames.ToText(value),
            text => JsonNames.Parse<VoiceSessionState>(text));
        call.Property(row => row.Protocol).HasConversion(
            value => JsonNames.ToText(value),
            text => JsonNames.Parse<VoiceProtocol>(text));
        call.Property(row => row.EndReason).HasConversion(
            value => JsonNames.ToText(value!.Value),
            text => JsonNames.Parse<VoiceEndReason>(text));
        call.Property(row => row.Plan).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<VoicePlan>(text, JsonSerializerOptions.Web)!);
        call.Property(row => row.Usage).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<Dictionary<string, long>>(text, JsonSerializerOptions.Web)!,
            new ValueComparer<Dictionary<string, long>>(
                (one, other) =>
                    JsonSerializer.Serialize(one, JsonSerializerOptions.Web) == JsonSerializer.Serialize(other, JsonSerializerOptions.Web),
                value => value.Count,
                value => new Dictionary<string, long>(value, StringComparer.Ordinal)));
        call.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        call.Property(row => row.SeenAt).HasDefaultValueSql("now()");
        call.Property(row => row.Usage).HasDefaultValueSql("'{}'::jsonb");
        call.Property(row => row.NextCheckAt).HasDefaultValueSql("now()");
    }
}

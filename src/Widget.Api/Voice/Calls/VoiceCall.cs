using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct VoiceCallId(Guid Value) : ITypedId<VoiceCallId>
{
    public static VoiceCallId New() => new(Guid.CreateVersion7());

    public static VoiceCallId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

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

    /// <summary>Whether a page reports that it is open. A program does not report, so the provider's limits end its call.</summary>
    public required bool Watched { get; init; }

    /// <summary>The time limit, which is reserved from the tenant's monthly minutes.</summary>
    public required int ReservedSeconds { get; init; }

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
        call.Property(row => row.State).HasConversion(value => ToText(value), text => FromText<VoiceSessionState>(text));
        call.Property(row => row.Protocol).HasConversion(value => ToText(value), text => FromText<VoiceProtocol>(text));
        call.Property(row => row.EndReason).HasConversion(value => ToText(value!.Value), text => FromText<VoiceEndReason>(text));
        call.Property(row => row.Plan).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<VoicePlan>(text, JsonSerializerOptions.Web)!);
        call.Property(row => row.Usage).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<Dictionary<string, long>>(text, JsonSerializerOptions.Web)!,
            new Microsoft.EntityFrameworkCore.ChangeTracking.ValueComparer<Dictionary<string, long>>(
                (one, other) =>
                    JsonSerializer.Serialize(one, JsonSerializerOptions.Web) == JsonSerializer.Serialize(other, JsonSerializerOptions.Web),
                value => value.Count,
                value => new Dictionary<string, long>(value, StringComparer.Ordinal)));
        call.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        call.Property(row => row.SeenAt).HasDefaultValueSql("now()");
        call.Property(row => row.Usage).HasDefaultValueSql("'{}'::jsonb");
        call.Property(row => row.NextCheckAt).HasDefaultValueSql("now()");
    }

    // The same names as in the API's JSON.
    private static string ToText<T>(T value)
        where T : struct, Enum => JsonSerializer.SerializeToElement(value).GetString()!;

    private static T FromText<T>(string text)
        where T : struct, Enum => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(text));
}

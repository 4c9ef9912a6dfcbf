using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Widget.Contracts;

/// <summary>The events that webhooks can report.</summary>
public static class WebhookEvents
{
    public const string ConversationStarted = "conversation.started";
    public const string HandoffRequested = "handoff.requested";
    public const string HandoffAccepted = "handoff.accepted";
    public const string HandoffReturned = "handoff.returned";
    public const string ConversationClosed = "conversation.closed";
    public const string LeadCreated = "lead.created";
    public const string LeadUpdated = "lead.updated";
    public const string LeadMerged = "lead.merged";
    public const string MeetingBooked = "meeting.booked";
    public const string MeetingRescheduled = "meeting.rescheduled";
    public const string MeetingCancelled = "meeting.cancelled";
    public const string AnswerRated = "answer.rated";
    public const string QuestionUnanswered = "question.unanswered";
    public const string KnowledgeUpdated = "knowledge.updated";
    public const string KnowledgeFailed = "knowledge.failed";

    /// <summary>A message that was sent to try an endpoint. Endpoints get it without asking for it.</summary>
    public const string Test = "webhook.test";

    /// <summary>The events that an endpoint can ask for.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        ConversationStarted,
        HandoffRequested,
        HandoffAccepted,
        HandoffReturned,
        ConversationClosed,
        LeadCreated,
        LeadUpdated,
        LeadMerged,
        MeetingBooked,
        MeetingRescheduled,
        MeetingCancelled,
        AnswerRated,
        QuestionUnanswered,
        KnowledgeUpdated,
        KnowledgeFailed,
    ];
}

/// <summary>A new webhook endpoint.</summary>
public sealed record WebhookRequest
{
    public const int MaxUrlLength = 2000;
    public const int MaxDescriptionLength = 200;

    /// <summary>Where messages are posted: an https address.</summary>
    [Required, MaxLength(MaxUrlLength)]
    public required string Url { get; init; }

    /// <summary>The events to report, such as <c>lead.created</c>; at least one.</summary>
    [Required, MinLength(1), MaxLength(50)]
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>What the endpoint is for.</summary>
    [MaxLength(MaxDescriptionLength)]
    public string? Description { get; init; }
}

/// <summary>Changes to a webhook endpoint. Properties that are left out stay as they are.</summary>
public sealed record WebhookChange
{
    /// <summary>Where messages are posted: an https address.</summary>
    [MaxLength(WebhookRequest.MaxUrlLength)]
    public string? Url { get; init; }

    /// <summary>The events to report; at least one.</summary>
    [MinLength(1), MaxLength(50)]
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>What the endpoint is for.</summary>
    [MaxLength(WebhookRequest.MaxDescriptionLength)]
    public string? Description { get; init; }

    /// <summary>
    /// Whether messages are sent. While an endpoint is disabled, no events are recorded for it, and pending messages wait.
    /// </summary>
    public bool? Enabled { get; init; }
}

/// <summary>A webhook endpoint.</summary>
public record Webhook
{
    public required Guid Id { get; init; }

    public required string Url { get; init; }

    public required IReadOnlyList<string> Events { get; init; }

    public string? Description { get; init; }

    public required bool Enabled { get; init; }

    /// <summary>Why the server has disabled the endpoint; null if it has not.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The last successful delivery; null if there was none.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A webhook endpoint that was just created.</summary>
public sealed record CreatedWebhook : Webhook
{
    /// <summary>The secret to verify messages with (Standard Webhooks, <c>whsec_…</c>). It is shown only once.</summary>
    public required string Secret { get; init; }

    /// <summary>Hides the secret, which a record would otherwise print.</summary>
    public override string ToString() => $"webhook {Id}";
}

/// <summary>A new secret of an endpoint.</summary>
/// <param name="Secret">The secret, which is shown only once.</param>
/// <param name="PreviousValidUntil">Until then, messages are also signed with the secret before.</param>
public sealed record WebhookSecret(string Secret, DateTimeOffset PreviousValidUntil)
{
    /// <summary>Hides the secret, which a record would otherwise print.</summary>
    public override string ToString() => "a webhook's secret";
}

/// <summary>A message to an endpoint.</summary>
public sealed record WebhookDelivery
{
    /// <summary>The message's id, without the prefix of the header <c>webhook-id</c>. It is the same for all attempts.</summary>
    public required Guid Id { get; init; }

    public required string Event { get; init; }

    /// <summary><c>pending</c>, <c>delivered</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    public required int Attempts { get; init; }

    /// <summary>The status of the last response; null if there was none.</summary>
    public int? ResponseStatus { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? Error { get; init; }

    public DateTimeOffset? AttemptedAt { get; init; }

    /// <summary>When the next attempt is due; null if there is none.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The <c>data</c> of the message.</summary>
    public required JsonElement Data { get; init; }
}

/// <summary>An endpoint's messages, newest first.</summary>
/// <param name="Items">The messages.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next messages; null if there are none.</param>
public sealed record WebhookDeliveryPage(IReadOnlyList<WebhookDelivery> Items, string? Next);

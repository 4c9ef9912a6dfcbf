using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>An answer that is being read aloud to a visitor.</summary>
/// <param name="Id">Identifies the usage record of its characters.</param>
/// <param name="Tenant">The visitor's tenant.</param>
/// <param name="Conversation">The conversation that contains the answer.</param>
/// <param name="Plan">The voice.</param>
/// <param name="Limit">The tenant's monthly limit of characters; null for no limit.</param>
internal sealed record SpokenReply(Guid Id, TenantId Tenant, ConversationId Conversation, SpeechVoicePlan Plan, int? Limit)
{
    /// <summary>Whether it ended because the voice failed, and not because the visitor left.</summary>
    public bool HasFailed { get; set; }
}

/// <summary>The tenant's characters of this month are used up.</summary>
internal sealed class SpeechBudgetSpentException() : Exception("This month's characters are used up.");

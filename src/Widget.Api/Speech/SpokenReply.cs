using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>An answer that is being read aloud to a visitor.</summary>
/// <param name="Id">Id of the usage record that counts its characters.</param>
/// <param name="Tenant">The visitor's tenant.</param>
/// <param name="Conversation">The conversation that contains the answer.</param>
/// <param name="Plan">The voice and the account that provides it.</param>
/// <param name="Limit">The tenant's monthly limit on spoken characters; null for no limit.</param>
internal sealed record SpokenReply(Guid Id, TenantId Tenant, ConversationId Conversation, SpeechVoicePlan Plan, int? Limit)
{
    /// <summary>Whether the voice failed. False when the visitor stopped the reply.</summary>
    public bool HasFailed { get; set; }
}

/// <summary>The tenant has used up its spoken characters for this month.</summary>
internal sealed class SpeechBudgetSpentException() : Exception("This month's characters are used up.");

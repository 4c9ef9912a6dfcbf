using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Calls;

/// <summary>Ends a conversation's calls for other features. Implemented by each kind of call.</summary>
public interface ICallEnder
{
    /// <summary>For how long a call goes on, so that the goodbye is heard.</summary>
    static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(8);

    /// <summary>Ends the conversation's calls after <see cref="GoodbyeTime"/>.</summary>
    /// <returns>Whether there was a call to end.</returns>
    Task<bool> EndSoonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct);

    /// <summary>Ends the conversation's calls at once, because a person has taken the conversation over.</summary>
    Task EndForPersonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct);
}

using Widget.Api.Conversations;
using Widget.Api.Visitors;
using Widget.Platform.Tenancy;

namespace Widget.Api.Selling;

/// <param name="Text">What the visitor said last; null if nothing.</param>
/// <param name="Locale">The widget's language for the visitor; null if unknown.</param>
internal readonly record struct LastQuestion(string? Text, string? Locale);

/// <summary>Reads what a visitor said last in a conversation.</summary>
internal sealed class VisitorQuestions(TenantDatabase database)
{
    /// <summary>Null if the conversation is not the visitor's.</summary>
    public async Task<LastQuestion?> FindAsync(VisitorTicket visitor, ConversationId conversation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        return await ConversationQueries.LastSaidAsync(db, conversation, visitor.Visitor, ct) is var (text, locale)
            ? new LastQuestion(text, locale)
            : null;
    }
}

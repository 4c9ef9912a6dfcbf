using Widget.Api.Conversations;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Mail;

/// <summary>The content of an e-mail.</summary>
/// <param name="Recipient">The recipient's address.</param>
/// <param name="Subject">The subject, in one line.</param>
/// <param name="Text">The text part.</param>
/// <param name="Html">The HTML part.</param>
internal sealed record MailContent(string Recipient, string Subject, string Text, string Html);

/// <summary>
/// Adds e-mails to the outbox, in the same transaction as the change that causes them. <see cref="MailWorker"/> sends them.
/// </summary>
internal sealed class Outbox(MailOptions options, WakeUpSignal<MailWorker> signal)
{
    /// <summary>Whether e-mails can be sent.</summary>
    public bool IsAvailable => options.IsConfigured;

    /// <summary>Whether the requester has asked for an e-mail with this id before.</summary>
    public static async Task<bool> ContainsAsync(TenantDb db, ConversationId conversation, string clientId, CancellationToken ct)
    {
        await using var command = db.Command(
            "select 1 from mail_outbox where tenant_id = $1 and conversation_id = $2 and client_id = $3",
            [db.TenantId.Value, conversation.Value, clientId]);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    /// <summary>Adds an e-mail, once for each client id of the conversation. It is sent after the commit.</summary>
    public async Task AddAsync(TenantDb db, ConversationId conversation, string clientId, MailContent mail, CancellationToken ct)
    {
        await using var add = db.Command(
            """
            insert into mail_outbox (tenant_id, id, conversation_id, client_id, recipient, subject, text, html)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (tenant_id, conversation_id, client_id) do nothing
            """,
            [
                db.TenantId.Value,
                Guid.CreateVersion7(),
                conversation.Value,
                clientId,
                mail.Recipient,
                mail.Subject,
                mail.Text,
                mail.Html,
            ]);
        await add.ExecuteNonQueryAsync(ct);
        db.AfterCommit(_ =>
        {
            signal.Raise();
            return Task.CompletedTask;
        });
    }
}

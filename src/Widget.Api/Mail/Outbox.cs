using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Mail;

/// <summary>The content of an e-mail.</summary>
/// <param name="Recipient">The recipient's address.</param>
/// <param name="Subject">The subject, in one line.</param>
/// <param name="Text">The text part.</param>
/// <param name="Html">The HTML part.</param>
internal sealed record MailContent(string Recipient, string Subject, string Text, string Html)
{
    /// <summary>Where a reply goes; null for the sender.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The invitation that the e-mail carries; null for none.</summary>
    public CalendarPart? Calendar { get; init; }
}

/// <summary>An invitation to a meeting, as calendar programs read it from an e-mail (iMIP, RFC 6047).</summary>
/// <param name="Method">REQUEST or CANCEL, as in the object.</param>
/// <param name="Text">The iCalendar object.</param>
internal sealed record CalendarPart(string Method, string Text);

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

    /// <summary>Adds an e-mail. It is sent after the commit.</summary>
    /// <param name="db">The transaction of the change that causes the e-mail.</param>
    /// <param name="conversation">The conversation that the e-mail belongs to, and is deleted with; null for none.</param>
    /// <param name="clientId">
    /// The requester's own id: a second e-mail of the conversation with the same id is not added. Null if the caller itself adds it once.
    /// </param>
    /// <param name="mail">The e-mail.</param>
    /// <param name="ct">Cancels the statement.</param>
    public async Task AddAsync(TenantDb db, ConversationId? conversation, string? clientId, MailContent mail, CancellationToken ct)
    {
        await using var add = db.Command(
            """
            insert into mail_outbox
              (tenant_id, id, conversation_id, client_id, recipient, subject, text, html, reply_to, calendar, calendar_method)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (tenant_id, conversation_id, client_id) do nothing
            """,
            [
                db.TenantId.Value,
                Guid.CreateVersion7(),
                new NpgsqlParameter { Value = (object?)conversation?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                Text(clientId),
                mail.Recipient,
                mail.Subject,
                mail.Text,
                mail.Html,
                Text(mail.ReplyTo),
                Text(mail.Calendar?.Text),
                Text(mail.Calendar?.Method),
            ]);
        await add.ExecuteNonQueryAsync(ct);
        db.AfterCommit(_ =>
        {
            signal.Raise();
            return Task.CompletedTask;
        });
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>The fields of the form before the chat that a visitor must fill in before the first message.</summary>
internal static class RequiredFields
{
    /// <summary>The error code for programs.</summary>
    public const string Code = "pre_chat";

    /// <summary>
    /// Returns the required fields that the visitor has not given in any conversation. Empty if the conversation has a message of the
    /// visitor, so that a form that is added later stops nobody. A field whose question was removed is not required: nobody could fill it
    /// in.
    /// </summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(
        TenantDb db,
        VisitorId visitor,
        ConversationId conversation,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select wanted.field
            from (
              select entry.value ->> 'field' as field, entry.ordinality
              from tenant_settings
              cross join jsonb_array_elements(settings -> 'preChat' -> 'fields') with ordinality entry
              where tenant_id = $1 and (entry.value ->> 'required')::boolean
            ) wanted
            where (wanted.field in ('name', 'email', 'phone') or exists (
                select from lead_settings
                cross join jsonb_array_elements(qualification -> 'questions') question
                where tenant_id = $1 and question ->> 'key' = wanted.field
                  and coalesce((question ->> 'askVisitor')::boolean, true)))
              and not exists (
                select from conversation_events
                where tenant_id = $1 and conversation_id = $3 and kind = 'visitor_message')
              and not exists (
                select from conversations thread
                join conversation_events event on event.tenant_id = $1 and event.conversation_id = thread.id
                  and event.kind in ('contact_given', 'person_requested', 'qualification_answered')
                where thread.tenant_id = $1 and thread.visitor_id = $2
                  and case event.kind
                        when 'qualification_answered' then event.data -> 'answers' ->> wanted.field
                        else event.data ->> wanted.field
                      end is not null)
              and not exists (
                select from visitors
                where tenant_id = $1 and id = $2 and wanted.field in ('name', 'email', 'phone') and traits ->> wanted.field is not null)
            order by wanted.ordinality
            """,
            [db.TenantId.Value, visitor.Value, conversation.Value]);
        await using var row = await command.ExecuteReaderAsync(ct);
        var missing = new List<string>();
        while (await row.ReadAsync(ct)) missing.Add(row.GetString(0));
        return missing;
    }

    /// <summary>The refusal, for the visitor.</summary>
    public static string Message(IReadOnlyList<string> missing) => $"Fill in the form before the chat first: {string.Join(", ", missing)}.";
}

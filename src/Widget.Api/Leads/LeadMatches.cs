using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

/// <summary>Finds the lead of a person. The leads that are found may be merged into others.</summary>
internal static class LeadMatches
{
    /// <summary>The lead of the visitor whose identity the site has verified. Null if there is none.</summary>
    public static async Task<LeadId?> ByIdentityAsync(TenantDb db, string identity, CancellationToken ct)
    {
        await using var command = db.Command(
            "select id from leads where tenant_id = $1 and verified_id = $2",
            [db.TenantId.Value, identity]);
        return await command.ExecuteScalarAsync(ct) is Guid id ? new LeadId(id) : null;
    }

    /// <summary>
    /// The lead with the e-mail address as its first or a further one; else the one with the phone number, unless both have e-mail
    /// addresses. If several leads share it, the first of them. Null if there is none.
    /// </summary>
    public static async Task<LeadId?> ByContactAsync(TenantDb db, LeadDetails details, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select id from leads
            where tenant_id = $1 and (
              address = $2
              or id = (select lead_id from lead_emails where tenant_id = $1 and lead_emails.address = $2)
              or (phone = $3 and ($2 is null or address is null)))
            order by
              (address = $2 or id = (select lead_id from lead_emails where tenant_id = $1 and lead_emails.address = $2)) is true desc,
              shares_contact, address is not distinct from $2 desc, address is null, created_at, id
            limit 1
            """,
            [db.TenantId.Value, Text(details.Address), Text(details.Phone)]);
        return await command.ExecuteScalarAsync(ct) is Guid id ? new LeadId(id) : null;
    }

    /// <summary>
    /// The lead with these details, if it belongs to this conversation only, has the same name or none, has no verified identity, and is
    /// not merged with another one. Null otherwise.
    /// </summary>
    public static async Task<LeadId?> UnsharedAsync(
        TenantDb db,
        ConversationId conversation,
        LeadDetails before,
        string? name,
        CancellationToken ct)
    {
        if (await ByContactAsync(db, before, ct) is not { } lead) return null;
        await using var command = db.Command(
            """
            select 1 from leads
            where tenant_id = $1 and id = $2 and (name is null or $4::text is null or lower(name) = lower($4))
              and verified_id is null and merged_into is null
              and not exists (select from leads where tenant_id = $1 and merged_into = $2)
              and not exists (select from lead_conversations where tenant_id = $1 and lead_id = $2 and conversation_id <> $3)
            """,
            [db.TenantId.Value, lead.Value, conversation.Value, Text(name)]);
        return await command.ExecuteScalarAsync(ct) is null ? null : lead;
    }

    /// <summary>Whether staff or a program has changed a lead.</summary>
    public static async Task<bool> IsWorkedOnAsync(TenantDb db, LeadId lead, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select exists (
                select from lead_changes where tenant_id = $1 and lead_id = $2 and (rep_id is not null or actor not in ($3, $4)))
              or exists (select from leads where tenant_id = $1 and id = $2 and staff_fields <> '{}')
            """,
            [db.TenantId.Value, lead.Value, LeadActor.Assignment.Name, LeadActor.Identity.Name]);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Whether a lead, or one that is merged with it, belongs to a visitor with another verified identity.</summary>
    public static async Task<bool> BelongsToAnotherAsync(TenantDb db, LeadId lead, string identity, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select exists (
              select from leads related
              where related.tenant_id = $1 and coalesce(related.top_id, related.id) = coalesce(lead.top_id, lead.id)
                and related.verified_id <> $3)
            from leads lead where lead.tenant_id = $1 and lead.id = $2
            """,
            [db.TenantId.Value, lead.Value, identity]);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>
    /// Whether a lead may be merged into another one without asking: no verified identity belongs to it or to those merged with it, and
    /// nobody has separated it.
    /// </summary>
    public static async Task<bool> IsUnclaimedAsync(TenantDb db, LeadId lead, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select not exists (
                select from leads related
                where related.tenant_id = $1 and coalesce(related.top_id, related.id) = coalesce(lead.top_id, lead.id)
                  and related.verified_id is not null)
              and not exists (select from lead_changes where tenant_id = $1 and lead_id = $2 and kind = 'unmerged')
            from leads lead where lead.tenant_id = $1 and lead.id = $2
            """,
            [db.TenantId.Value, lead.Value]);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>The lead that shows this one: itself, or the one that it was merged into. Null if there is no such lead.</summary>
    public static async Task<LeadId?> TopAsync(TenantDb db, LeadId lead, CancellationToken ct)
    {
        await using var command = db.Command(
            "select coalesce(top_id, id) from leads where tenant_id = $1 and id = $2",
            [db.TenantId.Value, lead.Value]);
        return await command.ExecuteScalarAsync(ct) is Guid id ? new LeadId(id) : null;
    }

    /// <summary>The leads whose contact details were given in a conversation. Merged ones are replaced by those that show them.</summary>
    public static async Task<IReadOnlyList<LeadId>> OfConversationAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select distinct coalesce(lead.top_id, lead.id)
            from lead_conversations link join leads lead on lead.tenant_id = $1 and lead.id = link.lead_id
            where link.tenant_id = $1 and link.conversation_id = $2
            """,
            [db.TenantId.Value, conversation.Value]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var leads = new List<LeadId>();
        while (await rows.ReadAsync(ct)) leads.Add(new LeadId(rows.GetGuid(0)));
        return leads;
    }

    /// <summary>The e-mail address of the latest lead whose details were given in a conversation. Null if there is none.</summary>
    public static async Task<string?> EmailOfConversationAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select lead.email
            from lead_conversations link
            join leads own on own.tenant_id = $1 and own.id = link.lead_id
            join lead_overview lead on lead.tenant_id = $1 and lead.id = coalesce(own.top_id, own.id)
            where link.tenant_id = $1 and link.conversation_id = $2 and lead.email is not null
            order by own.id desc
            limit 1
            """,
            [db.TenantId.Value, conversation.Value]);
        return await command.ExecuteScalarAsync(ct) as string;
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

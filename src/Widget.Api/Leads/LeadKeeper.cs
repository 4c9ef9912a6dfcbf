using Npgsql;
using NpgsqlTypes;
using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

/// <summary>What a visitor says about how to be reached. At least one of e-mail address and telephone number is set.</summary>
internal sealed record LeadDetails
{
    /// <summary>The e-mail address as written.</summary>
    public string? Email { get; init; }

    /// <summary>The telephone number as E.164.</summary>
    public string? Phone { get; init; }

    public string? Name { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    public string? Consent { get; init; }

    public string? Locale { get; init; }

    public string? Address => Email?.ToLowerInvariant();
}

/// <summary>Keeps contact details as leads: one for each person, as far as their e-mail address or telephone number tells.</summary>
internal static class LeadKeeper
{
    /// <summary>
    /// Adds the details to the lead of the same person, or to a new one. The lead with the e-mail address is the same person; else the one
    /// with the telephone number, unless both have e-mail addresses, because people share numbers.
    /// </summary>
    /// <param name="db">An open transaction that has locked the conversation.</param>
    /// <param name="visitor">The visitor.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="details">What the visitor says now.</param>
    /// <param name="before">
    /// What the visitor gave before in this conversation. If its lead is known from this conversation alone, the new details complete or
    /// correct it. Null if there is nothing, or if it may be another person's.
    /// </param>
    /// <param name="ct">Cancels the statements.</param>
    public static async Task KeepAsync(
        TenantDb db,
        VisitorId visitor,
        ConversationId conversation,
        LeadDetails details,
        LeadDetails? before,
        CancellationToken ct)
    {
        // Two requests of one person must not make two leads.
        await db.LockAsync("leads", ct);
        var known = await FindAsync(db, details, ct);
        var earlier = before is null ? null : await FindUnsharedAsync(db, conversation, before, details.Name, ct);
        if (known is null && earlier is null) known = await InsertAsync(db, visitor, details, ct);
        else
        {
            if (known is not null && earlier is not null && known != earlier) await ReplaceAsync(db, earlier.Value, known.Value, ct);
            known ??= earlier;
            await UpdateAsync(db, known!.Value, details, ct);
        }

        await using var link = db.Command(
            "insert into lead_conversations (tenant_id, lead_id, conversation_id) values ($1, $2, $3) on conflict do nothing",
            [db.TenantId.Value, known!.Value.Value, conversation.Value]);
        await link.ExecuteNonQueryAsync(ct);
    }

    private static async Task<LeadId?> FindAsync(TenantDb db, LeadDetails details, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select id from leads
            where tenant_id = $1 and (address = $2 or (phone = $3 and ($2 is null or address is null)))
            order by address is not distinct from $2 desc, created_at, id
            limit 1
            """,
            [db.TenantId.Value, Text(details.Address), Text(details.Phone)]);
        return await command.ExecuteScalarAsync(ct) is Guid id ? new LeadId(id) : null;
    }

    // The lead with these details, if no other conversation knows it and its name does not say that it is somebody else.
    private static async Task<LeadId?> FindUnsharedAsync(
        TenantDb db,
        ConversationId conversation,
        LeadDetails before,
        string? name,
        CancellationToken ct)
    {
        if (await FindAsync(db, before, ct) is not { } lead) return null;
        await using var command = db.Command(
            """
            select 1 from leads
            where tenant_id = $1 and id = $2 and (name is null or $4::text is null or lower(name) = lower($4))
              and not exists (select from lead_conversations where tenant_id = $1 and lead_id = $2 and conversation_id <> $3)
            """,
            [db.TenantId.Value, lead.Value, conversation.Value, Text(name)]);
        return await command.ExecuteScalarAsync(ct) is null ? null : lead;
    }

    private static async Task<LeadId> InsertAsync(TenantDb db, VisitorId visitor, LeadDetails details, CancellationToken ct)
    {
        var lead = LeadId.New();
        await using var insert = db.Command(
            """
            insert into leads (tenant_id, id, address, email, phone, company, name, consent, locale)
            select $1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, (select locale from visitors where tenant_id = $1 and id = $10))
            """,
            [
                db.TenantId.Value,
                lead.Value,
                Text(details.Address),
                Text(details.Email),
                Text(details.Phone),
                Text(Company(details)),
                Text(details.Name),
                Text(details.Consent),
                Text(details.Locale),
                visitor.Value,
            ]);
        await insert.ExecuteNonQueryAsync(ct);
        return lead;
    }

    // The name and the spelling of the address stay as they were given first. The latest number, consent and language count.
    private static async Task UpdateAsync(TenantDb db, LeadId lead, LeadDetails details, CancellationToken ct)
    {
        await using var update = db.Command(
            """
            update leads set
              email = case when $3::text is null or address = $3 then email else $4 end,
              company = case when $3::text is null then company else coalesce($6, case when address = $3 then company end) end,
              address = coalesce($3, address),
              phone = coalesce($5, phone),
              name = coalesce(name, $7),
              consent = coalesce($8, consent),
              locale = coalesce($9, locale)
            where tenant_id = $1 and id = $2
            """,
            [
                db.TenantId.Value,
                lead.Value,
                Text(details.Address),
                Text(details.Email),
                Text(details.Phone),
                Text(Company(details)),
                Text(details.Name),
                Text(details.Consent),
                Text(details.Locale),
            ]);
        await update.ExecuteNonQueryAsync(ct);
    }

    // The earlier lead was the same person with a misspelt address, or with a number alone. What only it knows moves to the other one.
    private static async Task ReplaceAsync(TenantDb db, LeadId earlier, LeadId known, CancellationToken ct)
    {
        await using var replace = db.Command(
            """
            with earlier as (delete from leads where tenant_id = $1 and id = $2 returning phone, name, consent)
            update leads lead set
              phone = coalesce(lead.phone, earlier.phone),
              name = coalesce(lead.name, earlier.name),
              consent = coalesce(earlier.consent, lead.consent)
            from earlier where lead.tenant_id = $1 and lead.id = $3
            """,
            [db.TenantId.Value, earlier.Value, known.Value]);
        await replace.ExecuteNonQueryAsync(ct);
    }

    private static string? Company(LeadDetails details) => details.Email is { } email ? CompanyDomains.Of(email) : null;

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

using Npgsql;
using NpgsqlTypes;
using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Api.Leads.Merging;
using Widget.Api.Leads.Owners;
using Widget.Api.Leads.Qualification;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Leads;

/// <summary>
/// Saves contact details as leads. There is one lead for each person; a verified identity, the e-mail address or the phone number tells
/// who is the same person.
/// </summary>
internal static class LeadRecorder
{
    /// <summary>
    /// Name of the lock that is taken before leads of a tenant are added, changed, merged, assigned or scored, and after the lock of a
    /// conversation.
    /// </summary>
    public const string LockName = "leads";

    /// <summary>
    /// Adds the details to the lead of the same person, or to a new one, gives it an owner if it has none, and scores it. A visitor with a
    /// verified identity has one lead. For others, the lead with the e-mail address is the same person; else the one with the telephone
    /// number, unless both have e-mail addresses, because people share numbers. Two verified identities are two people, even with one
    /// address.
    /// </summary>
    /// <param name="db">An open transaction that has locked the conversation.</param>
    /// <param name="visitor">The visitor.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="details">What the visitor says now.</param>
    /// <param name="before">
    /// What the visitor gave before in this conversation. If no other conversation belongs to that lead, the new details complete or
    /// correct it. Null if there is nothing, or if it may be another person's.
    /// </param>
    /// <param name="ct">Cancels the statements.</param>
    public static async Task RecordAsync(
        TenantDb db,
        VisitorId visitor,
        ConversationId conversation,
        LeadDetails details,
        LeadDetails? before,
        CancellationToken ct)
    {
        // Two requests of one person must not make two leads.
        await db.LockAsync(LockName, ct);
        var identity = await ConversationQueries.VerifiedIdAsync(db, visitor, ct);
        // Otherwise the next person who gives this address could name the lead.
        if (identity is not null && details.Name is null && before?.Name is null)
            details = details with { Name = GivenText.Of(await ConversationQueries.NameAsync(db, visitor, ct)) };
        var known = identity is not null && await LeadMatches.ByIdentityAsync(db, identity, ct) is { } own
            ? await AddToOwnAsync(db, own, details, identity, ct)
            : await AddToContactAsync(db, visitor, conversation, details, before, identity, ct);
        await using (var link = db.Command(
            "insert into lead_conversations (tenant_id, lead_id, conversation_id) values ($1, $2, $3) on conflict do nothing",
            [db.TenantId.Value, known.Value, conversation.Value]))
        {
            await link.ExecuteNonQueryAsync(ct);
        }

        var top = await LeadMatches.TopAsync(db, known, ct) ?? known;
        await LeadAssigner.AssignAsync(db, top, identity is null ? null : visitor, details.Rep, ct);
        await LeadScorer.ScoreAsync(db, top, ct);
    }

    /// <summary>
    /// Adds the details of somebody who has no conversation, such as a person for whom a program books a meeting, to the lead with this
    /// address or number, or to a new one.
    /// </summary>
    public static async Task RecordAsync(TenantDb db, LeadDetails details, CancellationToken ct)
    {
        await db.LockAsync(LockName, ct);
        var known = await LeadMatches.ByContactAsync(db, details, ct);
        if (known is { } lead) await UpdateAsync(db, lead, details, identity: null, ct);
        else known = await InsertAsync(db, visitor: null, details, identity: null, ct);
        var top = await LeadMatches.TopAsync(db, known.Value, ct) ?? known.Value;
        await LeadAssigner.AssignAsync(db, top, verified: null, details.Rep, ct);
        await LeadScorer.ScoreAsync(db, top, ct);
    }

    private static async Task<LeadId> AddToContactAsync(
        TenantDb db,
        VisitorId visitor,
        ConversationId conversation,
        LeadDetails details,
        LeadDetails? before,
        string? identity,
        CancellationToken ct)
    {
        var known = await LeadMatches.ByContactAsync(db, details, ct);
        var earlier = before is null ? null : await LeadMatches.UnsharedAsync(db, conversation, before, details.Name, ct);
        if (identity is not null && known is { } taken && await LeadMatches.BelongsToAnotherAsync(db, taken, identity, ct))
        {
            var own = earlier ?? await InsertAsync(db, visitor, details, identity, ct, sharesContact: true);
            if (earlier is not null) await ShareAsync(db, own, details, identity, ct);
            return own;
        }

        if (known is null && earlier is null) return await InsertAsync(db, visitor, details, identity, ct);
        if (known is { } right && earlier is { } wrong && right != wrong) await ReplaceAsync(db, wrong, right, ct);
        known ??= earlier;
        await UpdateAsync(db, known!.Value, details, identity, ct);
        if (details is { Address: { } address, Email: { } email }) await AddFurtherEmailAsync(db, known.Value, address, email, ct);
        return known.Value;
    }

    // An address that must not take the place of the lead's is kept beside it, so that the person is found by it.
    private static async Task AddFurtherEmailAsync(TenantDb db, LeadId lead, string address, string email, CancellationToken ct)
    {
        await using var add = db.Command(
            """
            insert into lead_emails (tenant_id, address, lead_id, email)
            select $1, $2, $3, $4
            where not exists (select from leads where tenant_id = $1 and address = $2)
              and not exists (select from lead_emails known where known.tenant_id = $1 and known.address = $2)
            """,
            [db.TenantId.Value, address, lead.Value, email]);
        await add.ExecuteNonQueryAsync(ct);
    }

    // The first address stays the lead's own; later ones become further addresses. A lead with this address but without a verified identity
    // is merged into the visitor's.
    private static async Task<LeadId> AddToOwnAsync(TenantDb db, LeadId own, LeadDetails details, string identity, CancellationToken ct)
    {
        if (details is { Address: { } address, Email: { } email })
        {
            var other = await LeadMatches.ByContactAsync(db, new LeadDetails { Email = email }, ct);
            if (other is null && !await SetFirstEmailAsync(db, own, email, isShared: false, ct))
                await AddFurtherEmailAsync(db, own, address, email, ct);
            else if (other is { } theirs && theirs != own && await LeadMatches.BelongsToAnotherAsync(db, theirs, identity, ct))
                await SetFirstEmailAsync(db, own, email, isShared: true, ct);
            else if (other is { } same && await LeadMatches.IsUnclaimedAsync(db, same, ct))
            {
                await LeadMerges.MergeAsync(
                    db,
                    (await LeadMatches.TopAsync(db, same, ct))!.Value,
                    (await LeadMatches.TopAsync(db, own, ct))!.Value,
                    LeadActor.Identity,
                    ct);
            }
        }

        await UpdateAsync(db, own, details with { Email = null }, identity, ct);
        return own;
    }

    private static async Task<bool> SetFirstEmailAsync(TenantDb db, LeadId lead, string email, bool isShared, CancellationToken ct)
    {
        await using var update = db.Command(
            """
            update leads set
              email = $3, address = lower($3), company = coalesce(company, $4), shares_contact = $5
            where tenant_id = $1 and id = $2 and address is null and not 'email' = any(staff_fields)
            """,
            [db.TenantId.Value, lead.Value, email, Text(CompanyDomains.Of(email)), isShared]);
        return await update.ExecuteNonQueryAsync(ct) == 1;
    }

    // Gives the visitor a lead that has only this conversation, and marks its contact details as shared with another verified visitor. A
    // lead that already has an address keeps it and is not marked.
    private static async Task ShareAsync(TenantDb db, LeadId lead, LeadDetails details, string identity, CancellationToken ct)
    {
        await using var mark = db.Command(
            "update leads set shares_contact = true where tenant_id = $1 and id = $2 and address is null",
            [db.TenantId.Value, lead.Value]);
        await mark.ExecuteNonQueryAsync(ct);
        await UpdateAsync(db, lead, details, identity, ct);
    }

    private static async Task<LeadId> InsertAsync(
        TenantDb db,
        VisitorId? visitor,
        LeadDetails details,
        string? identity,
        CancellationToken ct,
        bool sharesContact = false)
    {
        var lead = LeadId.New();
        await using var insert = db.Command(
            """
            insert into leads (tenant_id, id, address, email, phone, company, name, consent, locale, verified_id, shares_contact)
            select $1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, (select locale from visitors where tenant_id = $1 and id = $10)), $11, $12
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
                new NpgsqlParameter { Value = (object?)visitor?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                Text(identity),
                sharesContact,
            ]);
        await insert.ExecuteNonQueryAsync(ct);
        return lead;
    }

    // The name, and the spelling of an address, stay as they were first given. So does a verified visitor's address. Otherwise the latest
    // details count. A visitor without a verified identity can only add what is missing to the lead of a verified one. What staff has set
    // never changes.
    private static async Task UpdateAsync(TenantDb db, LeadId lead, LeadDetails details, string? identity, CancellationToken ct)
    {
        await using var update = db.Command(
            """
            update leads set
              email = case when $3::text is null or address = $3 or further then email else $4 end,
              company = case
                when $3::text is null or further or 'company' = any(staff_fields) then company
                else coalesce($6, case when address = $3 then company end)
              end,
              address = case when further then address else coalesce($3, address) end,
              phone = case
                when phone_is_taken then phone
                when may_replace and not 'phone' = any(staff_fields) then coalesce($5, phone)
                else coalesce(phone, $5)
              end,
              name = coalesce(name, $7),
              consent = case when may_replace then coalesce($8, consent) else coalesce(consent, $8) end,
              locale = case when may_replace then coalesce($9, locale) else coalesce(locale, $9) end,
              verified_id = coalesce(verified_id, $10)
            from (
              select
                exists (select from lead_emails where tenant_id = $1 and lead_id = $2 and lead_emails.address = $3)
                  or (known.address is not null
                    and (known.verified_id is not null or $10 is not null or 'email' = any(known.staff_fields))) as further,
                known.verified_id is null or known.verified_id = $10 as may_replace,
                -- Without an address, the number identifies another lead.
                coalesce(known.address, $3) is null and exists (
                  select from leads other
                  where other.tenant_id = $1 and other.id <> $2 and other.address is null and other.phone = $5) as phone_is_taken
              from leads known where known.tenant_id = $1 and known.id = $2
            ) kept
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
                Text(identity),
            ]);
        await update.ExecuteNonQueryAsync(ct);
    }

    // The earlier lead was the same person with a misspelt address, or with a number alone. What only it knows moves to the other one. A
    // lead on which somebody has worked is merged instead, which can be undone.
    private static async Task ReplaceAsync(TenantDb db, LeadId earlier, LeadId known, CancellationToken ct)
    {
        if (await LeadMatches.IsWorkedOnAsync(db, earlier, ct))
        {
            var (from, into) = (await LeadMatches.TopAsync(db, earlier, ct), await LeadMatches.TopAsync(db, known, ct));
            if (from != into) await LeadMerges.MergeAsync(db, from!.Value, into!.Value, LeadActor.Correction, ct);
            return;
        }

        await using var replace = db.Command(
            """
            with earlier as (
              delete from leads where tenant_id = $1 and id = $2
              returning phone, name, consent, owner_id, owned_since, fields, answers, staff_tier
            )
            update leads lead set
              phone = coalesce(lead.phone, earlier.phone),
              name = coalesce(lead.name, earlier.name),
              consent = case when lead.verified_id is null then coalesce(earlier.consent, lead.consent)
                else coalesce(lead.consent, earlier.consent) end,
              owner_id = coalesce(lead.owner_id, earlier.owner_id),
              owned_since = case when lead.owner_id is null then earlier.owned_since else lead.owned_since end,
              fields = earlier.fields || lead.fields,
              answers = earlier.answers || lead.answers,
              staff_tier = coalesce(lead.staff_tier, earlier.staff_tier)
            from earlier where lead.tenant_id = $1 and lead.id = $3
            """,
            [db.TenantId.Value, earlier.Value, known.Value]);
        await replace.ExecuteNonQueryAsync(ct);
    }

    private static string? Company(LeadDetails details) => details.Email is { } email ? CompanyDomains.Of(email) : null;

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

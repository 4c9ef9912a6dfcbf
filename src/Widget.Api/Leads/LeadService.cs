using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

/// <summary>Visitors' requests for a person, and the leads that they become.</summary>
internal sealed class LeadService(TenantDatabase database, TenantSettingsService settings, RequestLimits limits, TimeProvider clock)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <summary>
    /// Adds the request to the conversation, once for each client id. With an e-mail address, it is kept as a lead in the same transaction.
    /// </summary>
    /// <returns>The event, or a refusal if a limit is reached. Both are null if the conversation is not the visitor's.</returns>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    public async Task<(PersonRequested? Requested, Refusal? Refusal)> RequestPersonAsync(
        VisitorTicket visitor,
        ConversationId conversation,
        PersonRequest request,
        CancellationToken ct)
    {
        var availability = OpeningTimes.At(await settings.ReadAsync(visitor.Tenant, ct), clock.GetUtcNow());
        await using (var read = await database.BeginAsync(visitor.Tenant, ct))
        {
            if (!await ConversationLog.LockAsync(read, conversation, visitor.Visitor, ct)) return (null, null);
            if (await ConversationLog.FindAsync<PersonRequested>(read, conversation, request.ClientId, ct) is { } before)
                return (before, null);
        }

        // Outside of the transaction, because the limits may wait for another connection to the database.
        if (await TakeAsync(visitor.Tenant, conversation, ct) is { } refusal) return (null, refusal);
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor.Visitor, ct)) return (null, null);
        if (await ConversationLog.FindAsync<PersonRequested>(db, conversation, request.ClientId, ct) is { } sent) return (sent, null);
        var requested = new PersonRequested
        {
            ClientId = request.ClientId,
            Name = Given(request.Name),
            Email = Given(request.Email),
            Message = Given(request.Message),
            Availability = availability,
        };
        var appended = await ConversationLog.AppendAsync(db, conversation, requested, ct);
        if (requested.Email is { } email) await KeepAsync(db, visitor.Visitor, conversation, email, requested.Name, request, ct);
        await db.CommitAsync(ct);
        return (appended, null);
    }

    /// <summary>
    /// Keeps a visitor's address as a lead, within the caller's transaction. A lead that exists already gets what it does not have yet.
    /// </summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="visitor">The visitor.</param>
    /// <param name="conversation">The conversation in which the address was given.</param>
    /// <param name="contact">Name, address, language and consent; its other fields are not used.</param>
    /// <param name="ct">Cancels the statement.</param>
    public static async Task KeepAsync(
        TenantDb db,
        VisitorId visitor,
        ConversationId conversation,
        PersonRequest contact,
        CancellationToken ct)
    {
        if (Given(contact.Email) is { } email) await KeepAsync(db, visitor, conversation, email, Given(contact.Name), contact, ct);
    }

    /// <summary>Deletes a lead. Returns false if there is none. Its conversations stay.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, LeadId lead, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("delete from leads where tenant_id = $1 and id = $2 returning 1", [tenant.Value, lead.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    /// <summary>Returns leads, newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="query">A part of the name or the e-mail address, in any case; null for all leads.</param>
    /// <param name="after">The last lead of the page before; null for the first page.</param>
    /// <param name="limit">Maximum number of leads.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<LeadPage> ListAsync(TenantId tenant, string? query, LeadId? after, int limit, CancellationToken ct)
    {
        // Ids are ordered by time.
        await using var batch = database.Batch(tenant).Add(
            """
            select lead.id, lead.name, lead.email, lead.consent, lead.created_at,
                   array(select conversation_id from lead_conversations
                         where tenant_id = $1 and lead_id = lead.id order by created_at, conversation_id)
            from leads lead
            where lead.tenant_id = $1
              and ($2::uuid is null or lead.id < $2)
              and ($3::text is null or strpos(lead.address, lower($3)) > 0 or strpos(lower(lead.name), lower($3)) > 0)
            order by lead.id desc
            limit $4
            """,
            [tenant.Value, Parameter(after?.Value, NpgsqlDbType.Uuid), Parameter(Given(query), NpgsqlDbType.Text), limit + 1]);
        var items = new List<Lead>();
        await using var rows = await batch.ReadAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            items.Add(new Lead
            {
                Id = rows.GetGuid(0),
                Name = rows.IsDBNull(1) ? null : rows.GetString(1),
                Email = rows.GetString(2),
                Consent = rows.IsDBNull(3) ? null : rows.GetString(3),
                CreatedAt = rows.GetFieldValue<DateTimeOffset>(4),
                ConversationIds = rows.GetFieldValue<Guid[]>(5),
            });
        }

        if (items.Count <= limit) return new LeadPage(items, Next: null);
        items.RemoveAt(limit);
        return new LeadPage(items, items[^1].Id.ToString());
    }

    private async Task<Refusal?> TakeAsync(TenantId tenant, ConversationId conversation, CancellationToken ct) =>
        await limits.TakeAsync(Limit.PersonRequests, conversation.ToString(), ct)
            ?? await limits.TakeAsync(Limit.TenantPersonRequests, tenant.ToString(), ct);

    // A later request adds what the lead does not have yet. The name and the spelling of the address stay as they were given first.
    private static async Task KeepAsync(
        TenantDb db,
        VisitorId visitor,
        ConversationId conversation,
        string email,
        string? name,
        PersonRequest request,
        CancellationToken ct)
    {
        await using var keep = db.Command(
            """
            with lead as (
              insert into leads (tenant_id, id, address, email, name, consent, locale)
              select $1, $2, $3, $4, $5, $6, coalesce($7, (select locale from visitors where tenant_id = $1 and id = $8))
              on conflict (tenant_id, address) do update set
                name = coalesce(leads.name, excluded.name),
                consent = coalesce(excluded.consent, leads.consent),
                locale = coalesce(excluded.locale, leads.locale)
              returning id
            )
            insert into lead_conversations (tenant_id, lead_id, conversation_id) select $1, id, $9 from lead
            on conflict do nothing
            """,
            [
                db.TenantId.Value,
                LeadId.New().Value,
                email.ToLowerInvariant(),
                email,
                Parameter(name, NpgsqlDbType.Text),
                Parameter(Given(request.Consent), NpgsqlDbType.Text),
                Parameter(Given(request.Locale), NpgsqlDbType.Text),
                visitor.Value,
                conversation.Value,
            ]);
        await keep.ExecuteNonQueryAsync(ct);
    }

    private static string? Given(string? text) => text?.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    private static Npgsql.NpgsqlParameter Parameter(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Reps;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Reading;

/// <summary>Reads leads. A lead that was merged into another one is shown as part of that one.</summary>
internal sealed class LeadReader(TenantDatabase database)
{
    private const string Columns =
        """
        lead.id, lead.name, lead.email, lead.other_emails, lead.phone, lead.company, lead.score, lead.tier, lead.tier_is_set, lead.reasons,
        lead.consent, lead.locale, lead.verified_id, lead.owner_id, lead.fields, lead.merged_ids, lead.created_at,
        array(select link.conversation_id from unnest(lead.merged_ids || lead.id) member (id)
              join lead_conversations link on link.tenant_id = $1 and link.lead_id = member.id
              group by link.conversation_id order by min(link.created_at), link.conversation_id)
        """;

    // Selects the leads of a page first. The leads merged into them are added afterwards, for this page only. Ids are ordered by time. The
    // search reads all leads once, instead of each lead's members. Few leads have merged leads, so these are collected before it.
    private const string Chosen =
        """
        select lead.id from leads lead
        where lead.tenant_id = $1 and lead.top_id is null
          and ($2::text is null or lead.id in (
            select coalesce(member.top_id, member.id) from leads member
            where member.tenant_id = $1
              and (strpos(member.address, lower($2)) > 0 or strpos(lower(member.name), lower($2)) > 0
                or strpos(lower(member.company), lower($2)) > 0 or strpos(member.phone, $3) > 0)
            union
            select coalesce(member.top_id, member.id) from lead_emails further
            join leads member on member.tenant_id = $1 and member.id = further.lead_id
            where further.tenant_id = $1 and strpos(further.address, lower($2)) > 0))
          and ($4::text[] is null or coalesce(lead.staff_tier, lead.scored_tier) = any($4)
            or ($12 and coalesce(lead.staff_tier, lead.scored_tier) is null))
          and ($5::uuid[] is null or (
            select owner.id = any($5) or ($6 and owner.id is null)
            from (
              select coalesce(lead.owner_id, (
                select member.owner_id from leads member
                where member.tenant_id = $1 and member.top_id = lead.id and member.owner_id is not null
                order by member.merged_at, member.id limit 1)) as id
            ) owner))
          and ($7::timestamptz is null or lead.created_at >= $7)
          and ($8::timestamptz is null or lead.created_at < $8)
          and ($13::jsonb is null or (
            select not exists (
              select from jsonb_each($13) wanted
              where not coalesce(wanted.value ? lower(known.fields ->> wanted.key), false))
            from (
              select case
                when lead.id in (select member.top_id from leads member where member.tenant_id = $1 and member.top_id is not null)
                then (select shown.fields from lead_overview shown where shown.tenant_id = $1 and shown.id = lead.id)
                else lead.fields end as fields
            ) known))
        """;

    /// <summary>Returns a page of leads.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="filter">Which leads, and in which order.</param>
    /// <param name="after">The end of the page before; null for the first page.</param>
    /// <param name="limit">Maximum number of leads.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<LeadPage> ListAsync(TenantId tenant, LeadFilter filter, LeadCursor? after, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await ListAsync(db, filter, after, limit, ct);
    }

    /// <summary>Returns a page of leads within a transaction.</summary>
    public static async Task<LeadPage> ListAsync(TenantDb db, LeadFilter filter, LeadCursor? after, int limit, CancellationToken ct)
    {
        var (condition, order) = filter.Sort switch
        {
            LeadSort.Oldest => ("lead.id > $9", "lead.id"),
            LeadSort.Score => ("(coalesce(lead.score, -1), lead.id) < ($10, $9)", "coalesce(lead.score, -1) desc, lead.id desc"),
            _ => ("lead.id < $9", "lead.id desc"),
        };
        await using var command = db.Command(
            $"""
            select {Columns} from lead_overview lead
            where lead.tenant_id = $1 and lead.id in (
              {Chosen} and ($9::uuid is null or {condition}) and $10::integer is not null order by {order} limit $11)
            order by {order}
            """,
            [
                db.TenantId.Value,
                Parameter(filter.Query, NpgsqlDbType.Text),
                Parameter(filter.PhoneDigits, NpgsqlDbType.Text),
                Parameter(filter.Tiers, NpgsqlDbType.Array | NpgsqlDbType.Text),
                Parameter(filter.Owners, NpgsqlDbType.Array | NpgsqlDbType.Uuid),
                filter.IncludesUnowned,
                Parameter(filter.From, NpgsqlDbType.TimestampTz),
                Parameter(filter.To, NpgsqlDbType.TimestampTz),
                Parameter(after?.Id.Value, NpgsqlDbType.Uuid),
                after?.Score ?? 0,
                limit + 1,
                filter.IncludesUntiered,
                Parameter(filter.Fields is { } fields ? JsonSerializer.Serialize(fields) : null, NpgsqlDbType.Jsonb),
            ]);
        var items = await ReadAsync(db, command, ct);
        if (items.Count <= limit) return new LeadPage(items, Next: null);
        items.RemoveAt(limit);
        return new LeadPage(items, LeadCursor.After(items[^1], filter.Sort));
    }

    /// <summary>Counts the tenant's leads by tier.</summary>
    public async Task<LeadCounts> CountAsync(TenantId tenant, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            select count(*) filter (where tier = 'hot')::integer, count(*) filter (where tier = 'warm')::integer,
                   count(*) filter (where tier = 'cold')::integer, count(*) filter (where tier is null)::integer
            from (select coalesce(staff_tier, scored_tier) as tier from leads where tenant_id = $1 and top_id is null) lead
            """,
            [tenant.Value]);
        await using var row = await batch.ReadAsync(ct);
        await row.ReadAsync(ct);
        return new LeadCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3));
    }

    /// <summary>Returns a lead, or the one that it was merged into. Null if the tenant has no such lead.</summary>
    public static async Task<Lead?> FindAsync(TenantDb db, LeadId lead, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select {Columns} from lead_overview lead
            where lead.tenant_id = $1 and lead.id = (select coalesce(top_id, id) from leads where tenant_id = $1 and id = $2)
            """,
            [db.TenantId.Value, lead.Value]);
        return (await ReadAsync(db, command, ct)).SingleOrDefault();
    }

    /// <summary>The tenant's own fields.</summary>
    public static async Task<IReadOnlyList<LeadField>> FieldsAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command("select fields from lead_settings where tenant_id = $1", [db.TenantId.Value]);
        return await command.ExecuteScalarAsync(ct) is string stored ? LeadJson.Parse<LeadField[]>(stored) : [];
    }

    private static async Task<List<Lead>> ReadAsync(TenantDb db, NpgsqlCommand command, CancellationToken ct)
    {
        var names = await RepQueries.NamesAsync(db, ct);
        var fields = (await FieldsAsync(db, ct)).Select(field => field.Key).ToHashSet(StringComparer.Ordinal);
        var leads = new List<Lead>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) leads.Add(Read(rows, names, fields));
        return leads;
    }

    private static Lead Read(NpgsqlDataReader row, IReadOnlyDictionary<Guid, string> names, HashSet<string> fields) => new()
    {
        Id = row.GetGuid(0),
        Name = Optional(row, 1),
        Email = Optional(row, 2),
        OtherEmails = row.GetFieldValue<string[]>(3),
        Phone = Optional(row, 4),
        Company = Optional(row, 5),
        Score = row.IsDBNull(6) ? null : row.GetInt32(6),
        Tier = Optional(row, 7),
        TierIsSet = row.GetBoolean(8),
        Reasons = row.GetFieldValue<string[]>(9),
        Consent = Optional(row, 10),
        Locale = Optional(row, 11),
        VerifiedId = Optional(row, 12),
        Owner = row.IsDBNull(13) ? null : new LeadOwner(row.GetGuid(13), names.GetValueOrDefault(row.GetGuid(13), "")),
        Fields = LeadJson.Values(row.GetString(14))
            .Where(value => fields.Contains(value.Key))
            .ToDictionary(value => value.Key, value => value.Value, StringComparer.Ordinal),
        MergedIds = row.GetFieldValue<Guid[]>(15),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(16),
        ConversationIds = row.GetFieldValue<Guid[]>(17),
    };

    private static string? Optional(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static NpgsqlParameter Parameter(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

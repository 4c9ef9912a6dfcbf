using Npgsql;
using NpgsqlTypes;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Privacy;

/// <summary>Finds all that belongs to a person: the visitors, leads and meetings with the same address or phone number.</summary>
internal static class PersonQuery
{
    /// <summary>
    /// Common table expressions <c>people</c> (leads), <c>booked</c> (meetings), <c>seen</c> (visitors) and <c>talks</c> (conversations).
    /// Parameters: $1 tenant, $2 e-mail address in lower case, $3 phone number in digits, $4 visitor's id.
    /// </summary>
    public const string Tables =
        """
        with people as materialized (
          select l.id from leads l where l.tenant_id = $1 and l.address = $2
          union
          select e.lead_id from lead_emails e where e.tenant_id = $1 and e.address = $2
          union
          select l.id from leads l where l.tenant_id = $1 and regexp_replace(l.phone, '\D', '', 'g') = $3),
        booked as materialized (
          select m.id, m.conversation_id, m.ends_at, m.state from meetings m
          where m.tenant_id = $1 and (lower(m.email) = $2 or regexp_replace(m.phone, '\D', '', 'g') = $3)),
        seen as materialized (
          select v.id from visitors v
          where v.tenant_id = $1 and (v.id = $4 or lower(v.traits ->> 'email') = $2
            or regexp_replace(v.traits ->> 'phone', '\D', '', 'g') = $3)
          union
          select c.visitor_id from conversations c
          where c.tenant_id = $1 and c.id in (
            select k.conversation_id from lead_conversations k join people p on p.id = k.lead_id where k.tenant_id = $1
            union all select b.conversation_id from booked b where b.conversation_id is not null)),
        talks as materialized (
          select c.id, c.created_at, c.updated_at from conversations c join seen s on s.id = c.visitor_id where c.tenant_id = $1)
        """;

    /// <summary>The rest of the statement follows <see cref="Tables"/>.</summary>
    public static NpgsqlCommand Command(TenantDb db, string rest, PersonalDataRequest person) => db.Command(
        $"{Tables} {rest}",
        [
            db.TenantId.Value,
            Text(person.Email?.Trim().ToLowerInvariant()),
            Text(person.Phone is null ? null : string.Concat(person.Phone.Where(char.IsAsciiDigit))),
            new NpgsqlParameter { Value = (object?)person.VisitorId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
        ]);

    private static NpgsqlParameter Text(string? text) =>
        new() { Value = string.IsNullOrEmpty(text) ? DBNull.Value : text, NpgsqlDbType = NpgsqlDbType.Text };
}

using System.Data;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Privacy;

/// <summary>Says what is stored about a person, and erases it.</summary>
internal sealed class PersonService(TenantDatabase database)
{
    private const string Summary =
        """
        select
          array(select id from seen order by id),
          array(
            select distinct name from (
              select v.traits ->> 'name' as name from visitors v join seen s on s.id = v.id where v.tenant_id = $1
              union select l.name from leads l join people p on p.id = l.id where l.tenant_id = $1
              union select m.name from meetings m join booked b on b.id = m.id where m.tenant_id = $1) names
            where name is not null order by name),
          (select count(*) from talks),
          (select count(*) from conversation_events e join talks t on t.id = e.conversation_id
            where e.tenant_id = $1 and e.kind = 'visitor_message'),
          (select count(*) from (
            select id from people
            union select k.lead_id from lead_conversations k join talks t on t.id = k.conversation_id where k.tenant_id = $1) leads),
          (select count(*) from (
            select id from booked
            union select m.id from meetings m join talks t on t.id = m.conversation_id where m.tenant_id = $1) meetings),
          (select count(*) from meetings m
            where m.tenant_id = $1 and m.state = 'booked' and m.ends_at > now()
              and (m.id in (select id from booked) or m.conversation_id in (select id from talks))),
          (select count(*) from attachments a join talks t on t.id = a.conversation_id where a.tenant_id = $1),
          (select min(created_at) from talks),
          (select max(updated_at) from talks)
        """;

    // A foreign key deletes the rest of each conversation, and a trigger the leads without another conversation.
    private const string Erase =
        """
        , gone_meetings as (
          delete from meetings m where m.tenant_id = $1
            and (m.id in (select id from booked) or m.conversation_id in (select id from talks)) returning 1),
        gone_leads as (delete from leads l where l.tenant_id = $1 and l.id in (
          select id from people
          union select k.lead_id from lead_conversations k
            where k.tenant_id = $1 and k.conversation_id in (select id from talks)
              and not exists (
                select from lead_conversations other
                where other.tenant_id = $1 and other.lead_id = k.lead_id and other.conversation_id not in (select id from talks)))
          returning 1),
        gone_visitors as (delete from visitors v where v.tenant_id = $1 and v.id in (select id from seen) returning 1)
        select (select count(*) from gone_visitors), (select count(*) from talks), (select count(*) from gone_leads),
          (select count(*) from gone_meetings)
        """;

    public async Task<PersonData> FindAsync(TenantId tenant, PersonalDataRequest person, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = PersonQuery.Command(db, Summary, person);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new PersonData
        {
            VisitorIds = row.GetFieldValue<Guid[]>(0),
            Names = row.GetFieldValue<string[]>(1),
            Conversations = (int)row.GetInt64(2),
            Messages = (int)row.GetInt64(3),
            Leads = (int)row.GetInt64(4),
            Meetings = (int)row.GetInt64(5),
            UpcomingMeetings = (int)row.GetInt64(6),
            Files = (int)row.GetInt64(7),
            FirstSeenAt = row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
            LastSeenAt = row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
        };
    }

    /// <summary>Deletes all that belongs to the person, in one transaction.</summary>
    public async Task<Erasure> EraseAsync(TenantId tenant, PersonalDataRequest person, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        Erasure erased;
        await using (var command = PersonQuery.Command(db, Erase, person))
        {
            await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, ct);
            await row.ReadAsync(ct);
            erased = new Erasure((int)row.GetInt64(0), (int)row.GetInt64(1), (int)row.GetInt64(2), (int)row.GetInt64(3));
        }

        await db.CommitAsync(ct);
        return erased;
    }
}

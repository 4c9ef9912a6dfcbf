using NodaTime;
using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Api.Reps;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Owners;

/// <summary>Gives leads to reps. The lock of leads makes turns and limits exact.</summary>
internal static class LeadAssigner
{
    // No day is longer, with daylight saving time.
    private static readonly TimeSpan LongestDay = TimeSpan.FromHours(26);

    /// <summary>Gives a lead without an owner to a rep, if one can take it.</summary>
    /// <param name="db">An open transaction that holds the lock of leads.</param>
    /// <param name="lead">The lead.</param>
    /// <param name="verified">The visitor, if the site has verified its identity; null otherwise.</param>
    /// <param name="meetingRep">The rep whom the visitor meets; null if there is none.</param>
    /// <param name="ct">Cancels the statements.</param>
    public static async Task AssignAsync(TenantDb db, LeadId lead, VisitorId? verified, RepId? meetingRep, CancellationToken ct)
    {
        var reps = await CandidatesAsync(db, ct);
        if (reps.Count == 0 || await PlaceAsync(db, lead, reps, ct) is not { } place) return;
        var earlier = verified is { } visitor ? await EarlierOwnerAsync(db, lead, visitor, ct) : null;
        if (OwnerChoice.Pick(reps, place, meetingRep, earlier) is not var (rep, reason)) return;
        await using (var own = db.Command(
            "update leads set owner_id = $3, owned_since = clock_timestamp() where tenant_id = $1 and id = $2",
            [db.TenantId.Value, lead.Value, rep.Id.Value]))
        {
            await own.ExecuteNonQueryAsync(ct);
        }

        await RepQueries.TakeTurnAsync(db, rep.Id, ct);
        FieldChange[] changes = [new("owner", null, rep.Name), new("reason", null, reason)];
        await LeadHistory.AddAsync(db, lead, "assigned", LeadActor.Assignment, changes, ct);
    }

    // Null if the lead has an owner who was not removed.
    private static async Task<LeadPlace?> PlaceAsync(
        TenantDb db,
        LeadId lead,
        IReadOnlyList<OwnerCandidate> reps,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select phone, locale, company from lead_overview
            where tenant_id = $1 and id = $2 and (owner_id is null or not owner_id = any($3))
            """,
            [db.TenantId.Value, lead.Value, reps.Select(rep => rep.Id.Value).ToArray()]);
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        var countries = new List<string>();
        if (!row.IsDBNull(0) && PhoneFormat.RegionOf(row.GetString(0)) is { } region) countries.Add(region);
        var locale = row.IsDBNull(1) ? [] : row.GetString(1).Split('-', '_');
        if (locale.Length > 1 && locale[^1].Length == 2) countries.Add(locale[^1].ToUpperInvariant());
        return new LeadPlace(countries, locale.FirstOrDefault(), row.IsDBNull(2) ? null : row.GetString(2));
    }

    private static async Task<IReadOnlyList<OwnerCandidate>> CandidatesAsync(TenantDb db, CancellationToken ct)
    {
        var rows = await RepQueries.ListAsync(db, ct);
        if (rows.Count == 0) return [];
        DateTimeOffset now;
        var taken = new List<(Guid Rep, Instant At)>();
        await using (var command = db.Command("select clock_timestamp()"))
            now = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(ct))!);
        await using (var command = db.Command(
            "select owner_id, owned_since from leads where tenant_id = $1 and owner_id = any($2) and owned_since > $3",
            [
                db.TenantId.Value,
                rows.Where(row => row.LeadsPerDay is not null).Select(row => row.Id.Value).ToArray(),
                now - LongestDay,
            ]))
        {
            await using var leads = await command.ExecuteReaderAsync(ct);
            while (await leads.ReadAsync(ct))
                taken.Add((leads.GetGuid(0), Instant.FromDateTimeOffset(leads.GetFieldValue<DateTimeOffset>(1))));
        }

        return
        [
            .. rows.Select(row =>
            {
                var midnight = Midnight(row.TimeZone, Instant.FromDateTimeOffset(now));
                return new OwnerCandidate
                {
                    Id = row.Id,
                    Name = row.Name,
                    IsAway = row.Away,
                    Territories = row.ParseTerritories(),
                    LeadsPerDay = row.LeadsPerDay,
                    LeadsToday = taken.Count(lead => lead.Rep == row.Id.Value && lead.At >= midnight),
                    LastLeadAt = row.LastLeadAt,
                };
            }),
        ];
    }

    private static Instant Midnight(string timeZone, Instant now)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        return now.InZone(zone).Date.AtStartOfDayInZone(zone).ToInstant();
    }

    // The owner of the latest other lead in the visitor's conversations.
    private static async Task<RepId?> EarlierOwnerAsync(TenantDb db, LeadId lead, VisitorId visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select top.owner_id
            from lead_conversations link
            join leads linked on linked.tenant_id = $1 and linked.id = link.lead_id
            join lead_overview top on top.tenant_id = $1 and top.id = coalesce(linked.top_id, linked.id)
            where link.tenant_id = $1 and link.conversation_id = any($2) and top.id <> $3 and top.owner_id is not null
            order by link.created_at desc, top.id desc
            limit 1
            """,
            [db.TenantId.Value, await ConversationQueries.OfVisitorAsync(db, visitor, ct), lead.Value]);
        return await command.ExecuteScalarAsync(ct) is Guid owner ? new RepId(owner) : null;
    }
}

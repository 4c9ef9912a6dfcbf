using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Contacts;
using Widget.Api.Leads.Qualification;
using Widget.Api.Leads.Reading;
using Widget.Api.Reps;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Leads.Changing;

/// <summary>The outcome of changing a lead. At most one property is set; all are null if there is no such lead.</summary>
/// <param name="Lead">The lead after the change.</param>
/// <param name="Problem">The field that is wrong.</param>
/// <param name="TakenBy">The other lead that has the e-mail address or the phone number, and whether it was merged into this one.</param>
internal sealed record EditOutcome(
    Lead? Lead = null,
    (string Field, string Error)? Problem = null,
    (LeadId Lead, bool IsMerged)? TakenBy = null);

/// <summary>Changes leads for staff, and keeps what has changed for the timeline.</summary>
internal sealed class LeadEditor(TenantDatabase database, TimeProvider clock)
{
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The lead. If it was merged, the lead that shows it is changed.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="phone">The request's phone number as E.164.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="ct">Cancels the statements.</param>
    public async Task<EditOutcome> ChangeAsync(
        TenantId tenant,
        LeadId id,
        LeadChanges changes,
        string? phone,
        LeadActor actor,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync(LeadRecorder.LockName, ct);
        if (await LeadMatches.TopAsync(db, id, ct) is not { } top) return new();
        var row = await db.Leads.SingleAsync(lead => lead.Id == top, ct);
        if (await LeadReader.FindAsync(db, top, ct) is not { } before) return new();
        var edit = new LeadEdit(row, before, clock.GetUtcNow());
        if (await FindConflictAsync(db, row, changes, phone, ct) is { } taken) return new(TakenBy: taken);
        if (await ApplyAsync(db, edit, changes, phone, ct) is { } problem) return new(Problem: problem);
        await db.SaveChangesAsync(ct);
        await LeadScorer.ScoreAsync(db, top, ct);
        if (edit.Changes.Count > 0) await LeadHistory.AddAsync(db, top, "changed", actor, edit.Changes, ct);
        var after = await LeadReader.FindAsync(db, top, ct);
        await db.CommitAsync(ct);
        return new(after);
    }

    private static async Task<(string Field, string Error)?> ApplyAsync(
        TenantDb db,
        LeadEdit edit,
        LeadChanges changes,
        string? phone,
        CancellationToken ct)
    {
        var identified = edit.Row.Address ?? edit.Row.Phone;
        if (changes.Has(nameof(changes.Name))) edit.SetName(GivenText.Of(changes.Name));
        if (changes.Has(nameof(changes.Email))) await SetEmailAsync(db, edit, GivenText.Of(changes.Email), ct);
        if (changes.Has(nameof(changes.Company))) edit.SetCompany(GivenText.Of(changes.Company));
        if (changes.Has(nameof(changes.Phone))) edit.SetPhone(phone);
        if ((edit.Row.Address ?? edit.Row.Phone) != identified) edit.Row.SharesContact = false;
        if (edit.Row.Address is null && edit.Row.Phone is null) return ("email", "A lead needs an e-mail address or a phone number.");
        if (changes.Has(nameof(changes.Tier))) edit.SetTier(changes.Tier);
        if (changes.Has(nameof(changes.Owner)))
        {
            var rep = changes.Owner is { } owner ? await RepQueries.FindAsync(db, new RepId(owner), ct) : null;
            if (changes.Owner is not null && rep is null) return ("owner", "There is no such rep.");
            edit.SetOwner(rep);
        }

        if (changes.Fields is { } values)
        {
            if (FieldCheck.FindProblem(await LeadReader.FieldsAsync(db, ct), values) is { } problem) return problem;
            edit.SetFields(values);
        }

        if (changes.Answers is { } answers)
        {
            var questions = (await LeadScorer.QualificationAsync(db, ct))?.Questions ?? [];
            if (AnswerCheck.FindProblem(questions, answers, allowsNull: true) is { } problem) return problem;
            edit.SetAnswers(answers);
        }

        return null;
    }

    // Another lead with the address, or with the number if neither has an address.
    private static async Task<(LeadId Lead, bool IsMerged)?> FindConflictAsync(
        TenantDb db,
        LeadRow row,
        LeadChanges changes,
        string? phone,
        CancellationToken ct)
    {
        var email = changes.Has(nameof(changes.Email)) ? GivenText.Of(changes.Email) : row.Email;
        var number = changes.Has(nameof(changes.Phone)) ? phone : row.Phone;
        if (email is null && number is null) return null;
        var address = email?.ToLowerInvariant();
        // The address or number that identifies the lead is unchanged. Other leads may share it.
        if (address == row.Address && (address is not null || number == row.Phone)) return null;
        var details = email is not null ? new LeadDetails { Email = email } : new LeadDetails { Phone = number };
        await using var command = db.Command(
            """
            select id, top_id is not distinct from $2 from leads
            where tenant_id = $1 and id <> $2 and (
              address = $3::text
              or id = (select lead_id from lead_emails where tenant_id = $1 and lead_emails.address = $3)
              or ($3 is null and address is null and phone = $4::text))
            limit 1
            """,
            [db.TenantId.Value, row.Id.Value, Text(details.Address), Text(details.Phone)]);
        await using var other = await command.ExecuteReaderAsync(ct);
        return await other.ReadAsync(ct) ? (new LeadId(other.GetGuid(0)), other.GetBoolean(1)) : null;
    }

    // If the address was a further one, the two change places.
    private static async Task SetEmailAsync(TenantDb db, LeadEdit edit, string? email, CancellationToken ct)
    {
        if (email is not null)
        {
            await using var swap = db.Command(
                "delete from lead_emails where tenant_id = $1 and lead_id = $2 and address = $3",
                [db.TenantId.Value, edit.Row.Id.Value, email.ToLowerInvariant()]);
            // A shared address is not kept as a further one: it identifies another lead.
            if (await swap.ExecuteNonQueryAsync(ct) == 1 && edit.Row is { Address: { } address, Email: { } first, SharesContact: false })
            {
                await using var add = db.Command(
                    "insert into lead_emails (tenant_id, address, lead_id, email) values ($1, $2, $3, $4)",
                    [db.TenantId.Value, address, edit.Row.Id.Value, first]);
                await add.ExecuteNonQueryAsync(ct);
            }
        }

        edit.SetEmail(email, email is null ? null : CompanyDomains.Of(email));
    }

    private static Npgsql.NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}

/// <summary>A lead that is being changed.</summary>
/// <param name="row">The lead's own row.</param>
/// <param name="before">The lead as it was shown.</param>
/// <param name="now">The time.</param>
internal sealed class LeadEdit(LeadRow row, Lead before, DateTimeOffset now)
{
    private readonly List<FieldChange> _changes = [];

    public LeadRow Row => row;

    public IReadOnlyList<FieldChange> Changes => _changes;

    public void SetName(string? name)
    {
        row.Name = name;
        Record("name", before.Name, name, isColumn: true);
    }

    public void SetCompany(string? company)
    {
        row.Company = company;
        Record("company", before.Company, company, isColumn: true);
    }

    public void SetPhone(string? phone)
    {
        row.Phone = phone;
        Record("phone", before.Phone, phone, isColumn: true);
    }

    public void SetEmail(string? email, string? company)
    {
        if (row.Address != email?.ToLowerInvariant() && !row.StaffFields.Contains("company", StringComparer.Ordinal)) row.Company = company;
        (row.Email, row.Address) = (email, email?.ToLowerInvariant());
        Record("email", before.Email, email, isColumn: true);
    }

    public void SetTier(string? tier)
    {
        Record("tier", before.TierIsSet ? before.Tier : null, tier);
        row.StaffTier = tier;
    }

    public void SetOwner(RepRow? rep)
    {
        Record("owner", before.Owner?.Name, rep?.Name);
        if (row.OwnerId != rep?.Id) row.OwnedSince = rep is null ? null : now;
        row.OwnerId = rep?.Id;
    }

    public void SetFields(IReadOnlyDictionary<string, JsonElement> values) => row.Fields = Merge("fields", row.Fields, values);

    public void SetAnswers(IReadOnlyDictionary<string, JsonElement> values) => row.Answers = Merge("answers", row.Answers, values);

    private string Merge(string name, string stored, IReadOnlyDictionary<string, JsonElement> values)
    {
        var merged = LeadJson.Values(stored);
        foreach (var (key, value) in values)
        {
            var old = merged.TryGetValue(key, out var known) ? known.ToString() : null;
            if (value.ValueKind == JsonValueKind.Null) merged.Remove(key);
            else merged[key] = value;
            Record($"{name}.{key}", old, value.ValueKind == JsonValueKind.Null ? null : value.ToString());
        }

        return LeadJson.Write(merged);
    }

    private void Record(string field, string? from, string? to, bool isColumn = false)
    {
        if (isColumn && !row.StaffFields.Contains(field, StringComparer.Ordinal)) row.StaffFields = [.. row.StaffFields, field];
        if (from != to) _changes.Add(new FieldChange(field, from, to));
    }
}

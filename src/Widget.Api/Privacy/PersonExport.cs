using System.IO.Compression;
using System.Text;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Privacy;

/// <summary>Writes what is stored about a person to a zip file: JSON by kind, and the files of the conversations.</summary>
internal sealed class PersonExport(TenantDatabase database)
{
    // Secrets and internal columns are left out.
    private static readonly (string File, string Sql)[] Parts =
    [
        ("visitors.json", "select to_jsonb(v) - 'tenant_id' from visitors v where v.tenant_id = $1 and v.id in (select id from seen)"),
        (
            "conversations.json",
            """
            select to_jsonb(c) - 'tenant_id' from conversations c
            where c.tenant_id = $1 and c.id in (select id from talks) order by c.created_at
            """),
        (
            "events.json",
            """
            select to_jsonb(e) - 'tenant_id' - 'client_id' from conversation_events e
            where e.tenant_id = $1 and e.conversation_id in (select id from talks) order by e.conversation_id, e.seq
            """),
        (
            "leads.json",
            """
            select to_jsonb(l) - 'tenant_id' - 'shares_contact' || jsonb_build_object('emails', array(
              select e.email from lead_emails e where e.tenant_id = $1 and e.lead_id = l.id order by e.email))
            from leads l where l.tenant_id = $1 and l.id in (
              select id from people
              union select k.lead_id from lead_conversations k where k.tenant_id = $1 and k.conversation_id in (select id from talks))
            """),
        (
            "meetings.json",
            """
            select to_jsonb(m) - 'tenant_id' - 'booking_key' from meetings m where m.tenant_id = $1
              and (m.id in (select id from booked) or m.conversation_id in (select id from talks)) order by m.starts_at
            """),
        (
            "files.json",
            """
            select to_jsonb(a) - 'tenant_id' - 'content' from attachments a
            where a.tenant_id = $1 and a.conversation_id in (select id from talks) order by a.created_at
            """),
    ];

    /// <param name="tenant">The tenant.</param>
    /// <param name="person">Whose data is written.</param>
    /// <param name="output">Gets the zip file.</param>
    /// <param name="ct">Cancels the export.</param>
    public async Task WriteAsync(TenantId tenant, PersonalDataRequest person, Stream output, CancellationToken ct)
    {
        // A file first: the archive writes in small steps, some of them synchronous, which the response does not allow.
        await using var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            });
        await FillAsync(tenant, person, file, ct);
        file.Position = 0;
        await file.CopyToAsync(output, ct);
    }

    private async Task FillAsync(TenantId tenant, PersonalDataRequest person, FileStream output, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, ct);
        foreach (var (file, sql) in Parts)
        {
            await using var entry = await zip.CreateEntry(file).OpenAsync(ct);
            await using var text = new StreamWriter(entry, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            await using var command = PersonQuery.Command(db, sql, person);
            await using var rows = await command.ExecuteReaderAsync(ct);
            await text.WriteAsync('[');
            for (var isFirst = true; await rows.ReadAsync(ct); isFirst = false)
            {
                await text.WriteAsync(isFirst ? "\n" : ",\n");
                await text.WriteAsync(rows.GetString(0).AsMemory(), ct);
            }

            await text.WriteAsync("\n]\n");
        }

        await using var files = PersonQuery.Command(
            db,
            """
            select a.id, a.name, a.content from attachments a
            where a.tenant_id = $1 and a.sent and a.conversation_id in (select id from talks) order by a.created_at
            """,
            person);
        await using var found = await files.ExecuteReaderAsync(ct);
        while (await found.ReadAsync(ct))
        {
            await using var entry = await zip.CreateEntry($"files/{found.GetGuid(0)}-{SafeName(found.GetString(1))}").OpenAsync(ct);
            await entry.WriteAsync(found.GetFieldValue<byte[]>(2), ct);
        }
    }

    // A visitor has chosen the name. A name with separators could make a program unpack the file elsewhere.
    private static string SafeName(string name) =>
        string.Concat(name.Select(character => char.IsLetterOrDigit(character) || character is '.' or '-' or '_' ? character : '_'))
            .TrimStart('.');
}

using System.Globalization;
using System.Text;
using Widget.Api.Conversations;
using Widget.Api.Leads.Reading;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Export;

/// <summary>How an export is written.</summary>
internal enum ExportFormat
{
    /// <summary>UTF-8 with a byte order mark, separated by commas.</summary>
    Csv,

    /// <summary>
    /// UTF-16 (little endian) with a byte order mark, separated by tabs. Excel opens this right in every locale: it does not use the
    /// locale's separator for UTF-16. A first line "sep=," would tell it the separator, but then it ignores the byte order mark of UTF-8.
    /// </summary>
    Excel,
}

/// <summary>Writes leads as CSV, page by page, so that an export of any size takes little memory.</summary>
internal sealed class LeadExport(TenantDatabase database)
{
    private const int PageSize = 500;

    private static readonly string[] LeadColumns =
    [
        "id", "created", "name", "email", "other emails", "phone", "company", "score", "tier", "reasons", "owner", "language", "consent",
    ];

    /// <param name="tenant">The tenant.</param>
    /// <param name="filter">Which leads, and in which order.</param>
    /// <param name="perConversation">Whether a row is a conversation of a lead instead of a lead.</param>
    /// <param name="format">The encoding and the separator.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="ct">Cancels the export.</param>
    public async Task WriteAsync(
        TenantId tenant,
        LeadFilter filter,
        bool perConversation,
        ExportFormat format,
        Stream output,
        CancellationToken ct)
    {
        var (encoding, separator) = format == ExportFormat.Excel
            ? ((Encoding)new UnicodeEncoding(bigEndian: false, byteOrderMark: true), '\t')
            : (new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), ',');
        await using var writer = new StreamWriter(output, encoding, bufferSize: 64 * 1024, leaveOpen: true);
        IReadOnlyList<LeadField>? fields = null;
        LeadCursor? after = null;
        do
        {
            // Each page is a transaction of its own, so a slow client holds none.
            await using var db = await database.BeginAsync(tenant, ct);
            if (fields is null)
            {
                fields = await LeadReader.FieldsAsync(db, ct);
                string[] last = perConversation
                    ? ["conversation", "conversation started", "conversation continued", "messages"]
                    : ["conversations"];
                var head = CsvText.Row([.. LeadColumns, .. fields.Select(field => field.Label), .. last], separator);
                await writer.WriteAsync(head.AsMemory(), ct);
            }

            var page = await LeadReader.ListAsync(db, filter, after, PageSize, ct);
            var conversations = perConversation
                ? await ConversationQueries.FiguresAsync(db, [.. page.Items.SelectMany(lead => lead.ConversationIds).Distinct()], ct)
                : null;
            foreach (var row in page.Items.SelectMany(lead => Rows(lead, fields, conversations)))
                await writer.WriteAsync(CsvText.Row(row, separator).AsMemory(), ct);
            after = page.Next is null ? null : LeadCursor.Parse(page.Next, filter.Sort);
        }
        while (after is not null);
        await writer.FlushAsync(ct);
    }

    private static IEnumerable<IEnumerable<string?>> Rows(
        Lead lead,
        IReadOnlyList<LeadField> fields,
        IReadOnlyDictionary<Guid, ConversationFigures>? conversations)
    {
        string?[] cells =
        [
            lead.Id.ToString(),
            Time(lead.CreatedAt),
            lead.Name,
            lead.Email,
            string.Join(' ', lead.OtherEmails),
            lead.Phone,
            lead.Company,
            lead.Score?.ToString(CultureInfo.InvariantCulture),
            lead.Tier,
            string.Join(" | ", lead.Reasons),
            lead.Owner?.Name,
            lead.Locale,
            lead.Consent,
            .. fields.Select(field => lead.Fields.TryGetValue(field.Key, out var value) ? value.ToString() : null),
        ];
        if (conversations is null) return [[.. cells, lead.ConversationIds.Count.ToString(CultureInfo.InvariantCulture)]];
        return lead.ConversationIds.Where(conversations.ContainsKey).Select(id => cells.Concat(
        [
            id.ToString(),
            Time(conversations[id].StartedAt),
            Time(conversations[id].ContinuedAt),
            conversations[id].VisitorMessages.ToString(CultureInfo.InvariantCulture),
        ]));
    }

    // Spreadsheets in all languages read this form as a time.
    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}

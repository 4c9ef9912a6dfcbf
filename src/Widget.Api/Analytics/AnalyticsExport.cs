using System.Globalization;
using System.Text;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Analytics;

/// <summary>Writes a summary as a table with one row for each day, mode, page or agent.</summary>
internal static class AnalyticsExport
{
    private static readonly (string Name, Func<AnalyticsFigures, decimal> Value)[] Columns =
    [
        ("conversations", figures => figures.Conversations),
        ("engaged", figures => figures.Engaged),
        ("messages", figures => figures.Messages),
        ("answered", figures => figures.Answered),
        ("quoted", figures => figures.Quoted),
        ("suggested", figures => figures.Suggested),
        ("not found", figures => figures.NotFound),
        ("failed", figures => figures.Failed),
        ("rated up", figures => figures.RatedUp),
        ("rated down", figures => figures.RatedDown),
        ("handoffs", figures => figures.Handoffs),
        ("accepted", figures => figures.Accepted),
        ("messages of people", figures => figures.PersonMessages),
        ("leads", figures => figures.Leads),
        ("meetings", figures => figures.Meetings),
        ("meetings cancelled", figures => figures.MeetingsCancelled),
        ("calls", figures => figures.Calls),
        ("call minutes", figures => figures.CallMinutes),
    ];

    /// <param name="summary">What to write.</param>
    /// <param name="forExcel">
    /// UTF-16 with tabs, which Excel opens correctly in every locale; otherwise UTF-8 with commas. Both have a byte order mark.
    /// </param>
    public static byte[] Write(AnalyticsSummary summary, bool forExcel)
    {
        var (encoding, separator) = forExcel
            ? ((Encoding)new UnicodeEncoding(bigEndian: false, byteOrderMark: true), '\t')
            : (new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), ',');
        var text = new StringBuilder();
        text.Append(CsvText.Row([summary.By.ToString().ToLowerInvariant(), .. Columns.Select(column => column.Name)], separator));
        foreach (var row in summary.Rows) text.Append(Row(row.Label ?? row.Key, row.Figures, separator));
        return [.. encoding.GetPreamble(), .. encoding.GetBytes(text.ToString())];
    }

    private static string Row(string key, AnalyticsFigures figures, char separator) => CsvText.Row(
        [key, .. Columns.Select(column => column.Value(figures).ToString(CultureInfo.InvariantCulture))],
        separator);
}

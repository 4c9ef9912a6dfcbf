using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;
using Widget.Contracts;

namespace Widget.Api.Analytics;

/// <summary>The figures and their columns in conversation_activity, which triggers count.</summary>
internal static class AnalyticsColumns
{
    private const decimal SecondsPerMinute = 60;
    private const string Begun = "begun";

    // In the order in which Read reads them.
    private static readonly (string Figure, string Column)[] Columns =
    [
        ("conversations", "conversations"),
        ("engaged", "engaged"),
        ("messages", "messages"),
        ("answered", "answered"),
        ("quoted", "quoted"),
        ("suggested", "suggested"),
        ("notFound", "not_found"),
        ("failed", "failed"),
        ("ratedUp", "rated_up"),
        ("ratedDown", "rated_down"),
        ("handoffs", "handoffs"),
        ("accepted", "accepted"),
        ("personMessages", "person_messages"),
        ("leads", "leads"),
        ("meetings", "meetings"),
        ("meetingsCancelled", "meetings_cancelled"),
        ("calls", "calls"),
        ("callMinutes", "call_seconds"),
    ];

    public static IEnumerable<string> Figures => Columns.Select(column => column.Figure);

    /// <summary>Returns the column of a figure. Null if there is no such figure.</summary>
    public static string? Of(string figure) => Array.Find(Columns, column => column.Figure == figure).Column;

    /// <summary>
    /// Returns the column that counts a figure by mode or agent. There, <c>conversations</c> counts the conversations in which the mode or
    /// agent first took part (column <c>begun</c>).
    /// </summary>
    public static string ByModeOrAgent(string column) => column == Columns[0].Column ? Begun : column;

    /// <summary>The sums of all figures, for a select list.</summary>
    /// <param name="sum">The sum of the column {0}.</param>
    public static string Sums([StringSyntax(StringSyntaxAttribute.CompositeFormat)] string sum) => string.Join(
        ", ",
        Columns.Select(column => column.Column).Append(Begun).Select(column => string.Format(CultureInfo.InvariantCulture, sum, column)));

    /// <summary>Reads the sums.</summary>
    /// <param name="row">A row.</param>
    /// <param name="first">Number of the first sum.</param>
    /// <param name="isModeOrAgent">Whether the row is about a mode or an agent.</param>
    public static AnalyticsFigures Read(NpgsqlDataReader row, int first, bool isModeOrAgent)
    {
        // There is nothing to sum when nothing happened.
        long Next(int i) => row.IsDBNull(first + i) ? 0 : (long)row.GetDecimal(first + i);
        return new()
        {
            Conversations = Next(isModeOrAgent ? Columns.Length : 0),
            Engaged = Next(1),
            Messages = Next(2),
            Answered = Next(3),
            Quoted = Next(4),
            Suggested = Next(5),
            NotFound = Next(6),
            Failed = Next(7),
            RatedUp = Next(8),
            RatedDown = Next(9),
            Handoffs = Next(10),
            Accepted = Next(11),
            PersonMessages = Next(12),
            Leads = Next(13),
            Meetings = Next(14),
            MeetingsCancelled = Next(15),
            Calls = Next(16),
            CallMinutes = decimal.Round(Next(17) / SecondsPerMinute, 1),
        };
    }
}

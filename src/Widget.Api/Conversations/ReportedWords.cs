using Widget.Contracts;

namespace Widget.Api.Conversations;

/// <summary>
/// Reads a log with the confirmed state of reported utterances. Pages can report anything, so an utterance of the assistant counts only
/// if the call's transcript contains it, too.
/// </summary>
internal static class ReportedWords
{
    /// <summary>
    /// The same events, with confirmed utterances in the transcript's wording and without the unconfirmed ones. Utterances still marked
    /// as reported have not been checked yet.
    /// </summary>
    public static IEnumerable<ConversationEvent> Settle(IReadOnlyList<ConversationEvent> events)
    {
        var confirmed = new Dictionary<int, string?>();
        var unconfirmed = new HashSet<int>();
        foreach (var check in events.OfType<UtterancesChecked>())
        {
            foreach (var line in check.Confirmed) confirmed[line.Seq] = line.Text;
            unconfirmed.UnionWith(check.Unconfirmed);
        }

        foreach (var entry in events)
        {
            if (entry is not Utterance { Reported: true } reported) yield return entry;
            else if (confirmed.TryGetValue(reported.Seq, out var said))
                yield return reported with { Reported = false, Text = said ?? reported.Text };
            else if (!unconfirmed.Contains(reported.Seq)) yield return reported;
        }
    }
}

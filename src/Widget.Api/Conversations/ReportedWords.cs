using Widget.Contracts;

namespace Widget.Api.Conversations;

/// <summary>
/// Reads a log with what became of reported utterances: pages can report anything, so what the assistant is said to have said counts only when the
/// call's transcript has it, too.
/// </summary>
internal static class ReportedWords
{
    /// <summary>
    /// The same events, with confirmed utterances as they were really said and without those that a transcript does not have. What is still marked as
    /// reported has not been checked.
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
            else if (confirmed.TryGetValue(reported.Seq, out var said)) yield return reported with { Reported = false, Text = said ?? reported.Text };
            else if (!unconfirmed.Contains(reported.Seq)) yield return reported;
        }
    }
}

using Widget.Contracts;

namespace Widget.Api.Conversations;

/// <summary>
/// Replaces reported utterances by what the call's transcript confirms. Pages can report anything, so an utterance of the assistant counts
/// only if the transcript contains it, too.
/// </summary>
internal static class ReportedUtterances
{
    /// <summary>
    /// Returns the same events, with confirmed utterances in the transcript's wording and without the unconfirmed ones. Utterances that are
    /// still marked as reported have not been checked yet.
    /// </summary>
    public static IEnumerable<ConversationEvent> Resolve(IReadOnlyList<ConversationEvent> events)
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
            else if (confirmed.TryGetValue(reported.Seq, out var wording))
                yield return reported with { Reported = false, Text = wording ?? reported.Text };
            else if (!unconfirmed.Contains(reported.Seq)) yield return reported;
        }
    }
}

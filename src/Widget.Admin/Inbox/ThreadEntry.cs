using Widget.Contracts;

namespace Widget.Admin.Inbox;

/// <summary>A line of a thread: an event of the conversation or a note of the staff.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Event">The event; null for a note.</param>
/// <param name="Note">The note; null for an event.</param>
public sealed record ThreadEntry(DateTimeOffset At, ConversationEvent? Event, InboxNote? Note)
{
    /// <summary>Events that say nothing to a rep.</summary>
    private static bool IsHidden(ConversationEvent entry) =>
        entry is UtterancesChecked or KnowledgeShown or TavusConversationCreated or TavusConversationJoined;

    /// <summary>Puts events and notes in the order in which they happened.</summary>
    public static IReadOnlyList<ThreadEntry> Merge(IEnumerable<ConversationEvent> events, IEnumerable<InboxNote> notes) =>
    [
        .. events.Where(entry => !IsHidden(entry)).Select(entry => new ThreadEntry(entry.At, entry, null))
            .Concat(notes.Select(note => new ThreadEntry(note.At, null, note)))
            .OrderBy(entry => entry.At),
    ];
}

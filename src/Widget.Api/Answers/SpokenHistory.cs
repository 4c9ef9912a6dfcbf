using Widget.Api.Conversations;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>Treats spoken turns like written ones, so that a conversation continues when the visitor changes the mode.</summary>
internal static class SpokenHistory
{
    /// <summary>
    /// The events with spoken turns and a person's messages as written messages. Assistant lines that only the visitor's page has reported
    /// are not confirmed, so they stay an <see cref="Utterance"/>.
    /// </summary>
    public static IEnumerable<ConversationEvent> AsMessages(IEnumerable<ConversationEvent> events) =>
        ReportedUtterances.Resolve([.. events]).Select(AsMessage);

    /// <summary>The text, in the visitor's turn, that tells a model what the assistant said according to the visitor's page.</summary>
    public static string Note(Utterance reported) =>
        $"(According to the visitor's page, the assistant said the following aloud. It is not confirmed.) {reported.Text}";

    private static ConversationEvent AsMessage(ConversationEvent entry) => entry switch
    {
        Utterance { Speaker: Speaker.Visitor } spoken => new VisitorMessage { Seq = spoken.Seq, At = spoken.At, Text = spoken.Text },
        Utterance { Reported: false } spoken => new AssistantMessage
        {
            Seq = spoken.Seq,
            At = spoken.At,
            MessageId = Guid.Empty,
            ReplyTo = 0,
            Text = spoken.Text,
            Outcome = AnswerOutcome.Answered,
            Citations = [],
        },
        // The assistant must know what its colleague has said, and that it has not said it itself.
        PersonMessage { Text.Length: > 0 } said => new AssistantMessage
        {
            Seq = said.Seq,
            At = said.At,
            MessageId = Guid.Empty,
            ReplyTo = 0,
            Text = $"({said.Name}, a person of the company, wrote:) {said.Text}",
            Outcome = AnswerOutcome.Answered,
            Citations = [],
        },
        _ => entry,
    };
}

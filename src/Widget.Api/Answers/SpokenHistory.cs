using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>What was said aloud counts like what was written: a conversation goes on in another mode where it was.</summary>
internal static class SpokenHistory
{
    public static ConversationEvent AsMessage(ConversationEvent entry) => entry switch
    {
        Utterance { Speaker: Speaker.Visitor } spoken => new VisitorMessage { Seq = spoken.Seq, At = spoken.At, Text = spoken.Text },
        Utterance spoken => new AssistantMessage
        {
            Seq = spoken.Seq,
            At = spoken.At,
            MessageId = Guid.Empty,
            ReplyTo = 0,
            Text = spoken.Text,
            Outcome = AnswerOutcome.Answered,
            Citations = [],
        },
        _ => entry,
    };
}

using Widget.Contracts;

namespace Widget.Api.Answers.SmallTalk;

/// <summary>What the assistant says to a message that asks nothing about the company.</summary>
/// <param name="Kind">What the visitor said.</param>
/// <param name="Text">The reply.</param>
public sealed record SmallTalkReply(SmallTalkKind Kind, string Text)
{
    /// <summary>The reply needs no source, so it is complete.</summary>
    public AnswerOutcome Outcome => AnswerOutcome.Answered;

    /// <summary>Whether the widget offers to talk to a person.</summary>
    public bool OffersPerson => SmallTalkReader.OffersPerson(Kind);
}

using Widget.Api.Voice.Dialogue;
using Widget.Contracts;

namespace Widget.Api.Tests.Voice;

public sealed class GptLiveDialogueShould
{
    private readonly DialogueActionsRecorder _actions = new();
    private readonly GptLiveDialogue _dialogue;

    public GptLiveDialogueShould() => _dialogue = new GptLiveDialogue(_actions);

    [Fact]
    public void Join_fragments_by_speaker_and_pauses()
    {
        Hear(new { type = "session.input_transcript.delta", delta = "What does " });
        Hear(new { type = "session.input_transcript.delta", delta = "delivery cost?" });
        Hear(new { type = "session.output_transcript.delta", delta = "One moment." });
        _actions.Logged.ShouldBe(["Visitor: What does delivery cost?"]);

        _actions.Advance(TimeSpan.FromSeconds(3));
        Hear(new { type = "session.output_transcript.delta", delta = "It costs 49 euros." });
        _dialogue.Close();

        _actions.Logged.ShouldBe(
            ["Visitor: What does delivery cost?", "Assistant: One moment.", "Assistant: It costs 49 euros. (cut off)"]);
    }

    [Fact]
    public void Answer_a_delegation_from_what_the_visitor_said_last()
    {
        Hear(new { type = "session.input_transcript.delta", delta = "What does delivery cost?" });
        Hear(new { type = "session.delegation.created", delegation = new { id = "d1", target = "client" } });
        _actions.Questions.ShouldBe([("d1", "What does delivery cost?")]);

        _dialogue.HandleToolResult("d1", "It costs 49 euros.");

        var sent = _actions.Sent.ShouldHaveSingleItem();
        ((string)sent["type"]!).ShouldBe("session.commentary.append");
        ((string)sent["delegation_id"]!).ShouldBe("d1");
        ((string)sent["content"]!).ShouldBe("It costs 49 euros.");
    }

    [Fact]
    public void Wait_for_the_transcript_of_a_delegated_question()
    {
        Hear(new { type = "session.delegation.created", delegation = new { id = "d1", target = "client" } });
        _actions.Questions.ShouldBeEmpty();
        Hear(new { type = "session.input_transcript.delta", delta = "What does delivery cost?" });
        _actions.Advance(TimeSpan.FromSeconds(3));
        _actions.Questions.ShouldBe([("d1", "What does delivery cost?")]);
    }

    [Fact]
    public void Split_a_long_answer_at_sentence_ends()
    {
        _dialogue.HandleToolResult("d1", string.Concat(Enumerable.Repeat("This is a sentence of some length, as answers have them. ", 40)));

        _actions.Sent.Count.ShouldBeGreaterThan(1);
        foreach (var part in _actions.Sent.Select(message => (string)message["content"]!))
        {
            part.Length.ShouldBeLessThanOrEqualTo(901);
            part.ShouldEndWith(".");
        }
    }

    [Fact]
    public void Count_the_providers_seconds_and_end_with_its_session()
    {
        Hear(new { type = "session.usage.updated", usage = new { seconds = 60 } });
        Hear(new { type = "session.closed", reason = "expired", usage = new { seconds = 75 } });
        _actions.Usage["provider_seconds"].ShouldBe(75);
        _actions.Ended.ShouldBe(VoiceEndReason.Continued);
    }

    private void Hear(object message) => _dialogue.HandleEvent(DialogueActionsRecorder.Event(message));
}

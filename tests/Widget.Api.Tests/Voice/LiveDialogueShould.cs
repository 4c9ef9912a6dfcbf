using Widget.Api.Voice.Dialogue;
using Widget.Contracts;

namespace Widget.Api.Tests.Voice;

public sealed class LiveDialogueShould
{
    private readonly StageRecorder _stage = new();
    private readonly LiveDialogue _dialogue;

    public LiveDialogueShould() => _dialogue = new LiveDialogue(_stage);

    [Fact]
    public void Put_fragments_together_by_who_speaks_and_by_pauses()
    {
        Hear(new { type = "session.input_transcript.delta", delta = "What does " });
        Hear(new { type = "session.input_transcript.delta", delta = "delivery cost?" });
        Hear(new { type = "session.output_transcript.delta", delta = "One moment." });
        _stage.Logged.ShouldBe(["Visitor: What does delivery cost?"]);

        _stage.Pass(TimeSpan.FromSeconds(3));
        Hear(new { type = "session.output_transcript.delta", delta = "It costs 49 euros." });
        _dialogue.Close();

        _stage.Logged.ShouldBe(["Visitor: What does delivery cost?", "Assistant: One moment.", "Assistant: It costs 49 euros. (cut off)"]);
    }

    [Fact]
    public void Answer_what_is_handed_over_from_what_the_visitor_said_last()
    {
        Hear(new { type = "session.input_transcript.delta", delta = "What does delivery cost?" });
        Hear(new { type = "session.delegation.created", delegation = new { id = "d1", target = "client" } });
        _stage.Questions.ShouldBe([("d1", "What does delivery cost?")]);

        _dialogue.ToolRan("d1", "It costs 49 euros.");

        var sent = _stage.Sent.ShouldHaveSingleItem();
        ((string)sent["type"]!).ShouldBe("session.commentary.append");
        ((string)sent["delegation_id"]!).ShouldBe("d1");
        ((string)sent["content"]!).ShouldBe("It costs 49 euros.");
    }

    [Fact]
    public void Wait_for_the_words_that_are_handed_over()
    {
        Hear(new { type = "session.delegation.created", delegation = new { id = "d1", target = "client" } });
        _stage.Questions.ShouldBeEmpty();
        Hear(new { type = "session.input_transcript.delta", delta = "What does delivery cost?" });
        _stage.Pass(TimeSpan.FromSeconds(3));
        _stage.Questions.ShouldBe([("d1", "What does delivery cost?")]);
    }

    [Fact]
    public void Say_a_long_answer_in_parts_that_end_with_sentences()
    {
        _dialogue.ToolRan("d1", string.Concat(Enumerable.Repeat("This is a sentence of some length, as answers have them. ", 40)));

        _stage.Sent.Count.ShouldBeGreaterThan(1);
        foreach (var part in _stage.Sent.Select(message => (string)message["content"]!))
        {
            part.Length.ShouldBeLessThanOrEqualTo(901);
            part.ShouldEndWith(".");
        }
    }

    [Fact]
    public void Be_paid_by_the_providers_clock_and_end_when_it_ends()
    {
        Hear(new { type = "session.usage.updated", usage = new { seconds = 60 } });
        Hear(new { type = "session.closed", reason = "expired", usage = new { seconds = 75 } });
        _stage.Counted["provider_seconds"].ShouldBe(75);
        _stage.Ended.ShouldBe(VoiceEndReason.Continued);
    }

    private void Hear(object message) => _dialogue.Hear(StageRecorder.Event(message));
}

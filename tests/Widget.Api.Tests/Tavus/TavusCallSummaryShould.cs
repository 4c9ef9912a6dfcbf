using System.Text.Json;
using Widget.Api.Video;
using Widget.Contracts;

namespace Widget.Api.Tests.Tavus;

public sealed class TavusCallSummaryShould
{
    [Fact]
    public void Keep_what_people_said_and_skip_prompts()
    {
        var report = Of("""
            {"event_type": "application.transcription_ready", "properties": {"transcript": [
              {"role": "system", "content": "You are Jette."},
              {"role": "user", "content": " How far? ", "seconds_from_start": 4.5},
              {"role": "assistant", "content": "Eighty kilometres."},
              {"role": "replica", "content": "Anything else?"},
              {"role": "tool", "content": "{}"},
              {"role": "user", "content": "(The answer to your lookup is now in your context. Go on with it.)"},
              {"role": "user", "content": ""}, {"role": "user"}, "junk", null]}}
            """);

        report.Transcript!.Select(line => (line.IsVisitor, line.Text, line.After)).ShouldBe(
            [(true, "How far?", TimeSpan.FromSeconds(4.5)), (false, "Eighty kilometres.", null), (false, "Anything else?", null)]);
    }

    [Theory]
    [InlineData("shutdown_reason")]
    [InlineData("reason")]
    public void Read_why_it_ended_under_both_names(string name)
    {
        var report = Of(
            $$$"""
            {"event_type": "system.shutdown", "timestamp": "2026-10-01T10:00:00Z",
             "properties": {"{{{name}}}": "max_call_duration reached"}}
            """);

        (report.ShutDown, report.ShutdownReason, report.ShutDownAt)
            .ShouldBe((true, "max_call_duration reached", new DateTimeOffset(2026, 10, 1, 10, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("""{"event_type": "system.shutdown"}""")]
    [InlineData("""{"event_type": "system.shutdown", "properties": null, "timestamp": 5}""")]
    [InlineData("""{"event_type": "system.shutdown", "properties": [1]}""")]
    public void Accept_events_with_little_data(string json) => Of(json).ShutDown.ShouldBeTrue();

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"event_type": 3}""")]
    [InlineData("null")]
    public void Ignore_what_is_not_an_event(string json) => TavusCallEvent.Read(JsonDocument.Parse(json).RootElement).ShouldBeNull();

    [Theory]
    [InlineData("max_call_duration reached", TavusEndReason.TimeLimit)]
    [InlineData("participant_left_timeout", TavusEndReason.Left)]
    [InlineData("participant_absent_timeout", TavusEndReason.Left)]
    [InlineData("bot_could_not_join_meeting_it_was_probably_ended", TavusEndReason.NoReplica)]
    [InlineData("exception_encountered_during_conversation_startup", TavusEndReason.Tavus)]
    [InlineData(null, TavusEndReason.Tavus)]
    public void Recognise_reasons_by_parts_of_their_text(string? words, TavusEndReason reason) =>
        VideoSessionCompletion.ReasonOf(words).ShouldBe(reason);

    private static TavusCallSummary Of(string json) => TavusCallSummary.Of([TavusCallEvent.Read(JsonDocument.Parse(json).RootElement)!]);
}

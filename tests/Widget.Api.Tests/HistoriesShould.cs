using System.Net;
using System.Net.Http.Json;
using Widget.Api.Tests.Tavus;
using Widget.Api.Tests.Voice;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>
/// Reads one event of a long conversation. The older events cannot be parsed, so a query that reads more than it needs fails.
/// </summary>
public sealed class HistoriesShould(ApiFixture api)
{
    private const int Length = 10_000;

    [Fact]
    public async Task Not_be_read_to_find_the_answer_to_a_question_that_is_sent_again()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await AddPastAsync(visitor);
        var first = await visitor.AskAsync("How long does charging take?", clientId: "q");

        var again = await visitor.AskAsync("How long does charging take?", clientId: "q");

        again.MessageId.ShouldBe(first.MessageId);
        again.Text.ShouldContain("four and a half hours");
    }

    [Fact]
    public async Task Not_be_read_to_write_down_what_a_video_call_hears()
    {
        await using var node = await VideoTenant.StartNodeAsync(api);
        var video = await VideoTenant.CreateAsync(api, node);
        var visitor = await video.Tenant.VisitAsync();
        await AddPastAsync(visitor);
        var session = await VideoTenant.OpenAsync(visitor);
        var heard = new
        {
            utterances = new[]
            {
                new { id = "1", speaker = "visitor", text = "Hello." },
                new { id = "2", speaker = "visitor", text = "Is anybody there?" },
            },
        };

        for (var time = 0; time < 2; time++)
            (await visitor.Client.PostAsJsonAsync($"/api/tavus/session/{session.SessionId}/utterances", heard)).StatusCode
                .ShouldBe(HttpStatusCode.NoContent);

        (await visitor.EventsAsync(Length)).OfType<Utterance>().Where(
            entry => entry.SessionId == session.SessionId).Select(entry => entry.Text)
            .ShouldBe(["Hello.", "Is anybody there?"]);
        await VideoTenant.EndAsync(visitor, session.SessionId);
        await VideoTenant.UntilAsync(visitor, session.SessionId, TavusSessionState.Ended);
    }

    [Fact]
    public async Task Not_be_read_to_say_in_a_voice_call_what_was_typed()
    {
        await api.Voice.ResetAsync();
        await using var node = await ApiNode.StartAsync(api.Database, voice: api.Voice.OpenAI, voiceTimings: VoiceTenant.Quick);
        var voice = await VoiceTenant.CreateAsync(api, node);
        var visitor = await voice.Tenant.VisitAsync();
        await AddPastAsync(visitor);
        await using var call = await voice.CallAsync(visitor);

        (await call.PostAsync("say", new { clientId = "t1", text = "What does delivery cost?" })).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(
            async () =>
                (await visitor.EventsAsync(Length)).OfType<Utterance>().Any(
                    entry => entry.Speaker == Speaker.Assistant && entry.Text.Contains("49 euros", StringComparison.Ordinal)),
            "it is answered aloud");
    }

    // Adds old events that cannot be parsed, followed by a few valid ones, which a query for the latest events may read.
    private async Task AddPastAsync(TestVisitor visitor)
    {
        await api.Database.OwnerSource.ExecuteAsync(
            """
            with conversation as (update conversations set last_seq = $2 + 70 where id = $1 returning tenant_id, id)
            insert into conversation_events (tenant_id, conversation_id, seq, kind, client_id, message_id, data)
            select tenant_id, id, seq, kind, 'past' || seq, case kind when 'assistant_message' then gen_random_uuid() end,
              case when seq > $2 then '{"kind": "person_requested"}' else jsonb_build_object('kind', kind, 'strange', true) end
            from conversation
            cross join generate_series(1, $2 + 70) seq
            cross join lateral (
              select case when seq > $2 then 'person_requested' when seq % 2 = 0 then 'utterance' else 'assistant_message' end
            ) of (kind)
            """,
            visitor.Session.ConversationId,
            Length);
        var read = await visitor.Client.GetAsync($"{visitor.Conversation}/events?after=0");
        read.StatusCode.ShouldBe(HttpStatusCode.InternalServerError, "the past cannot be read");
    }
}

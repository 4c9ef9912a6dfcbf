using System.Text.Json;
using Widget.Api.Conversations;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Dialogue;
using Widget.Contracts;
using Widget.Rag.Storage;

namespace Widget.Api.Tests.Voice;

/// <summary>What a node keeps of a call that it holds.</summary>
public sealed class HeldCallShould(ApiFixture api)
{
    [Fact]
    public async Task Have_its_usage_read_while_it_is_counted()
    {
        const int Rounds = 5_000;
        using var held = Hold();
        IVoiceStage stage = held;
        var ct = TestContext.Current.CancellationToken;

        var counting = Task.Run(
            () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    stage.Count($"tokens_{i}", 1);
                    stage.Total("seconds", i);
                }
            },
            ct);
        var reading = Task.Run(
            () =>
            {
                var seen = 0L;
                while (!counting.IsCompleted)
                {
                    var sum = held.Usage.Where(figure => figure.Key != "seconds").Sum(figure => figure.Value);
                    sum.ShouldBeGreaterThanOrEqualTo(seen);
                    seen = sum;
                }
            },
            ct);
        await Task.WhenAll(counting, reading);

        held.Usage.Where(figure => figure.Key != "seconds").Sum(figure => figure.Value).ShouldBe(Rounds);
        held.Usage["seconds"].ShouldBe(Rounds - 1);
    }

    private HeldCall Hold() => new(
        new VoiceCall
        {
            TenantId = TenantId.New(),
            Id = VoiceCallId.New(),
            ConversationId = new ConversationId(Guid.NewGuid()),
            VisitorId = new VisitorId(Guid.NewGuid()),
            ClientId = "c",
            State = VoiceSessionState.Live,
            Protocol = VoiceProtocol.OpenAIRealtime,
            Endpoint = "http://voice.test/",
            Account = "a",
            Model = "m",
            Plan = new VoicePlan { Instructions = "", Turns = TurnTaking.Pause, Eagerness = Eagerness.Low, FarField = false, Tools = [], Thread = [], SafetyIdentifier = "v" },
            Watched = true,
            ReservedSeconds = 60,
            Usage = [],
        },
        api.Node.Service<VoiceBackstage>(),
        TimeProvider.System,
        _ => new Silent());

    private sealed class Silent : IVoiceDialogue
    {
        public void Begin(bool isNew)
        {
        }

        public void Hear(JsonElement message)
        {
        }

        public void LookedUp(string item, string? found)
        {
        }

        public void ToolRan(string callId, string output)
        {
        }

        public void Say(string item, string text)
        {
        }

        public void Talk(bool pressed)
        {
        }

        public void Interrupt()
        {
        }

        public void Close()
        {
        }
    }
}

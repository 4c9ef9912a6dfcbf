using System.Text.Json;
using Widget.Api.Conversations;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Dialogue;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tests.Voice;

/// <summary>A call that a node runs.</summary>
public sealed class ActiveVoiceCallShould(ApiFixture api)
{
    [Fact]
    public async Task Allow_reading_usage_while_it_is_counted()
    {
        using var activeCall = CreateCall();
        IDialogueActions actions = activeCall;
        var ct = TestContext.Current.CancellationToken;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counted = 0L;

        var reading = Task.Run(
            async () =>
            {
                await begun.Task;
                var seen = 0L;
                for (var round = 0; round < 200 || Interlocked.Read(ref counted) < 50_000; round++)
                {
                    var sum = activeCall.Usage.Where(figure => figure.Key != "seconds").Sum(figure => figure.Value);
                    sum.ShouldBeGreaterThanOrEqualTo(seen);
                    seen = sum;
                }
            },
            ct);
        var counting = Task.Run(
            () =>
            {
                while (!reading.IsCompleted)
                {
                    actions.AddUsage($"tokens_{Interlocked.Increment(ref counted) % 20_000}", 1);
                    actions.SetUsage("seconds", counted);
                    begun.TrySetResult();
                }
            },
            ct);
        await counting;
        await reading;

        activeCall.Usage.Where(figure => figure.Key != "seconds").Sum(figure => figure.Value).ShouldBe(counted);
        activeCall.Usage["seconds"].ShouldBe(counted);
    }

    private ActiveVoiceCall CreateCall()
    {
        var call = new VoiceCall
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
            Plan = new VoicePlan
            {
                Instructions = "",
                Turns = TurnTaking.Pause,
                Eagerness = Eagerness.Low,
                FarField = false,
                Tools = [],
                Thread = [],
                SafetyIdentifier = "v",
            },
            Watched = true,
            ReservedSeconds = 60,
            Usage = [],
        };
        return api.Node.Service<ActiveVoiceCallFactory>().Create(call, _ => new SilentDialogue());
    }

    private sealed class SilentDialogue : IVoiceDialogue
    {
        public void Start(bool isNew)
        {
        }

        public void HandleEvent(JsonElement message)
        {
        }

        public void HandleSearchResult(string item, string? result)
        {
        }

        public void HandleToolResult(string callId, string output)
        {
        }

        public void HandleTypedMessage(string item, string text)
        {
        }

        public void HandlePushToTalk(bool pressed)
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

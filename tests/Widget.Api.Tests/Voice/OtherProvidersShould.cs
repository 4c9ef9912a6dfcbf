using System.Text.Json;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Voice;

/// <summary>The other protocols: each with its own signalling and events, and the same conversation for the visitor.</summary>
public sealed class OtherProvidersShould(ApiFixture api) : IAsyncLifetime
{
    private static readonly VoiceTimings Quick = VoiceTenant.Quick;

    public async ValueTask InitializeAsync() => await api.Voice.ResetAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Talk_through_Azure()
    {
        await using var node = await NodeAsync(api.Voice.Azure);
        var tenant = await VoiceTenant.CreateAsync(api, node);
        await api.Voice.ScriptAsync(new { utterances = new[] { "What does delivery cost?" } });
        await using var call = await tenant.CallAsync();

        await call.Peer.SayAsync("What does delivery cost?");
        await call.SaidAsync(2);

        (await call.SaidAsync())[1].ShouldContain("49 euros");
        (await call.PostAsync("end")).EnsureSuccessStatusCode();
        (await call.EndedAsync()).ShouldBe(VoiceEndReason.Visitor);
        await call.HasEndedAtProviderAsync("hangup");
    }

    [Fact]
    public async Task Let_Live_speak_our_answers()
    {
        await using var node = await NodeAsync(api.Voice.Live);
        var tenant = await VoiceTenant.CreateAsync(api, node);
        await api.Voice.ScriptAsync(new { utterances = new[] { "What does delivery to Denmark cost?" } });
        await using var call = await tenant.CallAsync();

        await call.Peer.SayAsync("What does delivery to Denmark cost?");
        await Eventually.TrueAsync(
            async () => (await call.SaidAsync()).Any(line => line.Contains("89 euros", StringComparison.Ordinal)),
            "the answer is spoken");

        (await call.SaidAsync())[0].ShouldBe("Visitor: What does delivery to Denmark cost?");
        (await call.Visitor.EventsAsync()).OfType<KnowledgeShown>().ShouldHaveSingleItem().Citations[0].Title.ShouldBe("Shipping");
        (await call.Visitor.EventsAsync()).OfType<Utterance>().ShouldAllBe(line => !line.Reported);
        await Eventually.TrueAsync(async () => await call.Peer.HeardAsync() > 0.5, "the visitor has heard it");
        (await call.PostAsync("end")).EnsureSuccessStatusCode();
        (await call.EndedAsync()).ShouldBe(VoiceEndReason.Visitor);
        await call.HasEndedAtProviderAsync("close");
    }

    [Fact]
    public async Task Let_the_page_relay_the_events_of_a_server_without_a_connection()
    {
        await using var node = await NodeAsync(api.Voice.SelfHosted);
        var tenant = await VoiceTenant.CreateAsync(api, node);
        await api.Voice.ScriptAsync(new { utterances = new[] { "What does delivery cost?" } });
        await using var call = await tenant.CallAsync();
        call.Session.Relay.ShouldBeTrue();
        await using var hub = await HubClient.ConnectAsync(node, call.Visitor.Session.Token);
        await using var page = await RelayingPage.StartAsync(hub, call);

        await page.ConfiguredAsync();
        await call.Peer.SayAsync("What does delivery cost?");
        await call.SaidAsync(2);

        (await call.SaidAsync()).ShouldBe(["Visitor: What does delivery cost?", "Assistant: Delivery within Germany costs 49 euros."]);
        // Only the page reported this.
        (await call.Visitor.EventsAsync()).OfType<Utterance>().ShouldAllBe(line => line.Reported);
        (await call.PostAsync("end")).EnsureSuccessStatusCode();
        (await call.EndedAsync()).ShouldBe(VoiceEndReason.Visitor);
    }

    [Fact]
    public async Task Go_on_with_the_newer_connection_of_a_page_that_connects_twice()
    {
        await using var node = await NodeAsync(api.Voice.SelfHosted);
        var tenant = await VoiceTenant.CreateAsync(api, node);
        await api.Voice.ScriptAsync(new { utterances = new[] { "What does delivery cost?" } });
        await using var call = await tenant.CallAsync();
        await using var earlierHub = await HubClient.ConnectAsync(node, call.Visitor.Session.Token);
        await using var hub = await HubClient.ConnectAsync(node, call.Visitor.Session.Token);
        await using var earlier = await RelayingPage.StartAsync(earlierHub, call);
        await earlier.ConfiguredAsync();

        await using var page = await RelayingPage.StartAsync(hub, call);
        // The earlier connection tries to renew its lease twice a second. It ends when it finds that the newer one has it.
        await earlier.EndedAsync();
        await call.Peer.SayAsync("What does delivery cost?");
        await call.SaidAsync(2);

        (await call.SaidAsync()).Count.ShouldBe(2);
        (await call.PostAsync("end")).EnsureSuccessStatusCode();
        (await call.EndedAsync()).ShouldBe(VoiceEndReason.Visitor);
    }

    [Fact]
    public async Task End_a_relayed_call_whose_page_was_closed()
    {
        await using var node = await NodeAsync(api.Voice.SelfHosted);
        var tenant = await VoiceTenant.CreateAsync(api, node);
        await using var call = await tenant.CallAsync();
        await using var command = api.Database.OwnerSource.CreateCommand(
            $"update voice_sessions set seen_at = now() - interval '1 minute' where id = '{call.Id}'");
        await command.ExecuteNonQueryAsync();

        (await call.EndedAsync(seconds: 30)).ShouldBe(VoiceEndReason.Left);
    }

    private Task<ApiNode> NodeAsync(VoiceOptions options) => ApiNode.StartAsync(api.Database, voice: options, voiceTimings: Quick);

    /// <summary>The widget's part in a relayed call: it forwards messages in both directions without reading them.</summary>
    private sealed class RelayingPage : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly TaskCompletionSource _configured = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task _up = Task.CompletedTask;
        private Task _down = Task.CompletedTask;

        public static async Task<RelayingPage> StartAsync(HubClient hub, SpokenCall call)
        {
            var page = new RelayingPage();
            await hub.StreamWithAsync("relay", "RelayVoice", "messages", call.Id);
            page._up = Task.Run(async () =>
            {
                for (var sent = 0; !page._over.IsCancellationRequested; await Task.Delay(20))
                {
                    var events = call.Peer.Events();
                    for (; sent < events.Count; sent++)
                    {
                        if (events[sent].GetProperty("type").GetString() == "session.updated") page._configured.TrySetResult();
                        await hub.StreamItemAsync("messages", events[sent].GetRawText());
                    }
                }
            });
            page._down = Task.Run(async () =>
            {
                await foreach (var message in hub.ItemsAsync<string>("relay")) call.Peer.Send(
                    JsonSerializer.Deserialize<JsonElement>(message));
            });
            return page;
        }

        /// <summary>Waits until the server ends the connection's stream.</summary>
        public Task EndedAsync() => _down.WaitAsync(TimeSpan.FromSeconds(60));

        public Task ConfiguredAsync() => _configured.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _up;
            await _down.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _over.Dispose();
        }
    }
}

using Widget.Api.Tavus.Client;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>The callbacks of the simulated Tavus, and how it loses, repeats and reorders them.</summary>
public sealed class SimulatedTavusCallbacksShould(ApiFixture api) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private TavusStandIn _ours = null!;

    public async ValueTask InitializeAsync() => _ours = await TavusStandIn.StartAsync();

    public ValueTask DisposeAsync() => _ours.DisposeAsync();

    private IEnumerable<string> Received => _ours.Requests.Select(request => request.Body!.Value.GetProperty("event_type").GetString()!);

    [Fact]
    public async Task Send_all_events_in_order_and_keep_them_for_later_requests()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var call = await OpenVisitedAsync(tavus, record: true);
        await tavus.PostAsync($"conversations/{call.Id}/say", new { text = "Do you have bells?" });
        await tavus.Client.EndConversationAsync(tavus.Account, call.Id, Ct);
        await Eventually.TrueAsync(() => _ours.Requests.Count == 5);

        string[] events =
        [
            "system.replica_joined",
            "system.shutdown",
            "application.transcription_ready",
            "application.recording_ready",
            "application.perception_analysis",
        ];
        Received.ShouldBe(events);
        _ours.Requests.ShouldAllBe(
            request => request.Path == "/callback/token" && request.Body!.Value.GetProperty("conversation_id").GetString() == call.Id);
        var transcript = _ours.Requests.ElementAt(2).Body!.Value.GetProperty("properties").GetProperty("transcript").EnumerateArray()
            .Select(entry => entry.GetProperty("content").GetString());
        transcript.ShouldBe(["You welcome people.", "Good day!", "Do you have bells?", "You said: Do you have bells?"]);
        (await tavus.Client.GetConversationAsync(tavus.Account, call.Id, verbose: true, Ct)).Events.Select(happened => happened.Type)
            .ShouldBe(events);
    }

    [Fact]
    public async Task Lose_repeat_and_shuffle_callbacks_as_configured()
    {
        await using var twice = await TavusTestAccount.CreateAsync(
            api.Simulator,
            behavior: new { duplicateCallbacks = 1, shuffleCallbacks = true, perceptionAnalysis = (string?)null });
        var call = await OpenVisitedAsync(twice);
        await twice.Client.EndConversationAsync(twice.Account, call.Id, Ct);
        await Eventually.TrueAsync(() => _ours.Requests.Count == 6);
        Received.GroupBy(type => type).ShouldAllBe(group => group.Count() == 2);
        _ours.Requests.Clear();

        await using var never = await TavusTestAccount.CreateAsync(
            api.Simulator,
            behavior: new { callbackLoss = 1.0, perceptionAnalysis = (string?)null });
        var lost = await OpenVisitedAsync(never);
        await never.Client.EndConversationAsync(never.Account, lost.Id, Ct);
        await Eventually.TrueAsync(async () => (await never.CallAsync(lost.Id)).GetProperty("callbacks").GetArrayLength() == 3);
        _ours.Requests.ShouldBeEmpty();
        (await never.Client.GetConversationAsync(never.Account, lost.Id, verbose: true, Ct)).Events.Count.ShouldBe(3);
    }

    /// <summary>A call with a visitor in it to whom the replica has spoken.</summary>
    private async Task<TavusConversation> OpenVisitedAsync(TavusTestAccount tavus, bool record = false)
    {
        var call = await tavus.OpenAsync(new CreateConversation
        {
            PersonaId = TavusTestAccount.StockPersona,
            CallbackUrl = $"{_ours.Address}callback/token",
            CustomGreeting = "Good day!",
            Properties = new ConversationProperties { EnableRecording = record },
        });
        await tavus.PostAsync($"conversations/{call.Id}/join");
        await Eventually.TrueAsync(
            async () => (await tavus.CallAsync(call.Id)).GetProperty("transcript").GetArrayLength() == 1,
            "the greeting was said");
        return call;
    }
}

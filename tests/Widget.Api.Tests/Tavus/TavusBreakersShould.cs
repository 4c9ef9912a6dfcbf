using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Tests.Tavus;

/// <summary>What the client does while Tavus is down.</summary>
public sealed class TavusBreakersShould : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TavusAccount Account = TavusStandIn.Account;
    private static readonly TavusAccount Other = new("another-key", BelongsToTenant: false);

    private readonly StandingClock _clock = new();
    private TavusStandIn _server = null!;

    public async ValueTask InitializeAsync() => _server = await TavusStandIn.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Not_call_Tavus_for_a_while_after_failures()
    {
        var client = _server.Client(clock: _clock);
        await BreakAsync(client, Account);
        var sent = _server.Requests.Count;

        var e = await FailAsync(client, Account);

        e.Fault.ShouldBe(TavusFault.Temporary);
        e.MayHaveHappened.ShouldBeFalse();
        e.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(15));
        _server.Requests.Count.ShouldBe(sent);
    }

    [Fact]
    public async Task Still_call_Tavus_for_other_accounts()
    {
        var client = _server.Client(clock: _clock);
        await BreakAsync(client, Account);
        var sent = _server.Requests.Count;
        await FailAsync(client, Other);
        _server.Requests.Count.ShouldBe(sent + 1);
    }

    [Fact]
    public async Task Call_again_after_the_pause_and_go_on_when_Tavus_is_back()
    {
        var client = _server.Client(clock: _clock);
        await BreakAsync(client, Account);
        var pause = (await FailAsync(client, Account)).RetryAfter!.Value;
        _clock.Pass(pause);
        _server.Says(200, "");
        await client.EndConversationAsync(Account, "c1", Ct);
        _server.Says(500, "{}");
        (await FailAsync(client, Account)).Status.ShouldBe(500, "one failure does not open it");
    }

    [Fact]
    public async Task Send_one_trial_request_after_each_pause_and_never_pause_longer_than_a_slot_may_be_held()
    {
        var client = _server.Client(clock: _clock);
        await BreakAsync(client, Account);
        for (var round = 0; round < 8; round++)
        {
            var pause = (await FailAsync(client, Account)).RetryAfter!.Value;
            pause.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(15));
            _clock.Pass(pause);
            var sent = _server.Requests.Count;
            await FailAsync(client, Account);
            await FailAsync(client, Account);
            _server.Requests.Count.ShouldBe(sent + 1);
        }
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(404)]
    [InlineData(429)]
    public async Task Take_a_refusal_as_a_sign_that_Tavus_is_up(int status)
    {
        var client = _server.Client(clock: _clock);
        for (var round = 0; round < 10; round++)
        {
            _server.Says(round % 3 == 2 ? status : 500, "{}");
            (await FailAsync(client, Account)).Status.ShouldBe(round % 3 == 2 ? status : 500);
        }
    }

    private async Task BreakAsync(TavusClient client, TavusAccount account)
    {
        _server.Says(500, "{}");
        for (var failure = 0; failure < TavusTransport.Breaker.FailureThreshold; failure++)
            (await FailAsync(client, account)).Status.ShouldBe(500);
    }

    private static Task<TavusException> FailAsync(TavusClient client, TavusAccount account) =>
        Should.ThrowAsync<TavusException>(() => client.EndConversationAsync(account, "c1", Ct));
}

using Widget.Api.Tests.Tavus;
using Widget.Api.Voice;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Outbound;
using Widget.Testing;

namespace Widget.Api.Tests.Voice;

/// <summary>What the client does when a voice provider is down.</summary>
public sealed class VoiceHttpShould
{
    [Fact]
    public async Task Pause_calls_to_a_provider_that_is_down_and_then_try_again()
    {
        var clock = new StandingClock();
        var http = new VoiceHttp(TestOutbound.Clients, new CircuitBreakerRegistry(clock), clock);
        var nowhere = new Uri($"http://127.0.0.1:{Simulator.FreePort()}/v1");
        var unreachable = new VoiceAccount(VoiceProtocol.OpenAIRealtime, nowhere, "sk-test", BelongsToTenant: false);
        for (var failure = 0; failure < VoiceHttp.Breaker.FailureThreshold; failure++)
            (await FailAsync()).ShouldBe("The provider can't be reached.");

        (await FailAsync()).ShouldContain("not called for a moment");

        clock.Pass(TimeSpan.FromSeconds(2));
        (await FailAsync()).ShouldBe("The provider can't be reached.");

        async Task<string> FailAsync()
        {
            var e = await Should.ThrowAsync<VoiceProviderException>(() =>
                http.SendAsync(unreachable, HttpMethod.Get, "models", content: null, CancellationToken.None));
            e.Fault.ShouldBe(VoiceFault.Temporary);
            return e.Message;
        }
    }
}

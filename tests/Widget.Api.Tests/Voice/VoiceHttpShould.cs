using Widget.Api.Outbound;
using Widget.Api.Tests.Tavus;
using Widget.Api.Voice;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.Tests.Voice;

/// <summary>The HTTP client for voice while a provider is down.</summary>
public sealed class VoiceHttpShould
{
    [Fact]
    public async Task Pause_requests_to_a_failing_provider_and_then_try_again()
    {
        var clock = new StandingClock();
        using var guarded = new GuardedHttp(new FetchOptions());
        var http = new VoiceHttp(guarded, clock);
        var nobody = new VoiceAccount(
            VoiceProtocol.OpenAIRealtime,
            new Uri($"http://127.0.0.1:{Simulator.FreePort()}/v1"),
            "sk-test",
            IsTenants: false);
        for (var failure = 0; failure < AccountBreakers.Failures; failure++) (await FailAsync()).ShouldBe("It cannot be reached.");

        (await FailAsync()).ShouldContain("left alone");

        clock.Pass(TimeSpan.FromSeconds(2));
        (await FailAsync()).ShouldBe("It cannot be reached.");

        async Task<string> FailAsync()
        {
            var e = await Should.ThrowAsync<VoiceProviderException>(() => http.SendAsync(nobody, HttpMethod.Get, "models", content: null, CancellationToken.None));
            e.Fault.ShouldBe(VoiceFault.Temporary);
            return e.Message;
        }
    }
}

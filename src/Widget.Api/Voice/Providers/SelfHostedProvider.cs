using System.Text;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// Servers of one's own that speak OpenAI's events, such as LocalAI: offer and answer are JSON, and there is no line for us. The page passes the data
/// channel's messages on, so what comes is an untrusted client's.
/// </summary>
public sealed class SelfHostedProvider(VoiceHttp http) : IVoiceProvider
{
    public IReadOnlyList<VoiceProtocol> Protocols { get; } = [VoiceProtocol.SelfHosted];

    public async Task<VoiceAnswer> OpenAsync(VoiceAccount account, string model, VoicePlan plan, string offer, CancellationToken ct)
    {
        using var content = new StringContent(new JsonObject { ["sdp"] = offer, ["model"] = model }.ToJsonString(), Encoding.UTF8, "application/json");
        var answer = (await http.SendAsync(account, HttpMethod.Post, "realtime/calls", content, ct)).Json();
        return answer.Text("sdp") is { Length: > 0 } sdp
            ? new VoiceAnswer(answer.Text("session_id"), sdp)
            : throw new VoiceProviderException(VoiceFault.Temporary, "Its answer holds no SDP.");
    }

    public Task<IVoiceLine?> AttachAsync(VoiceAccount account, string callId, CancellationToken ct) => Task.FromResult<IVoiceLine?>(null);

    // It ends when the page's connection does, which the page is told to close.
    public Task HangUpAsync(VoiceAccount account, string callId, CancellationToken ct) => Task.CompletedTask;
}

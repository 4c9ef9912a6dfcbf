using System.Text;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// Self-hosted servers with OpenAI's events, such as LocalAI. Offer and answer are JSON, and there is no server-side connection: the page
/// relays the data channel's messages, so they come from an untrusted client.
/// </summary>
public sealed class SelfHostedProvider(VoiceHttp http) : IVoiceProvider
{
    public IReadOnlyList<VoiceProtocol> Protocols { get; } = [VoiceProtocol.SelfHosted];

    public async Task<VoiceAnswer> OpenAsync(VoiceAccount account, string model, VoicePlan plan, string offer, CancellationToken ct)
    {
        using var content = new StringContent(
            new JsonObject { ["sdp"] = offer, ["model"] = model }.ToJsonString(),
            Encoding.UTF8,
            "application/json");
        var answer = (await http.SendAsync(account, HttpMethod.Post, "realtime/calls", content, ct)).Json();
        return answer.Text("sdp") is { Length: > 0 } sdp
            ? new VoiceAnswer(answer.Text("session_id"), sdp)
            : throw new VoiceProviderException(VoiceFault.Temporary, "The provider's response has no SDP answer.");
    }

    public Task<IVoiceConnection?> AttachAsync(VoiceAccount account, string callId, CancellationToken ct) =>
        Task.FromResult<IVoiceConnection?>(null);

    // The call ends when the page closes its connection.
    public Task HangUpAsync(VoiceAccount account, string callId, CancellationToken ct) => Task.CompletedTask;
}

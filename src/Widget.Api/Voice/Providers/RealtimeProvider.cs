using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// OpenAI's Realtime API (the generally available version) and Azure's API of the same shape. We post the offer and the session to
/// <c>/realtime/calls</c>, read the call's id from the Location header, and connect to the call by WebSocket with <c>?call_id=</c>
/// (https://developers.openai.com/api/docs/guides/realtime-server-controls).
/// </summary>
public sealed class RealtimeProvider(VoiceHttp http, VoiceSockets sockets) : IVoiceProvider
{
    /// <summary>Identifies the visitor to the provider's abuse detection, as a hash.</summary>
    private const string SafetyIdentifier = "OpenAI-Safety-Identifier";

    public IReadOnlyList<VoiceProtocol> Protocols { get; } = [VoiceProtocol.OpenAIRealtime, VoiceProtocol.AzureRealtime];

    public async Task<VoiceAnswer> OpenAsync(VoiceAccount account, string model, VoicePlan plan, string offer, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent();
        using var sdp = new StringContent(offer, Encoding.UTF8);
        sdp.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
        using var session = new StringContent(RealtimeSession.Of(plan, model).ToJsonString(), Encoding.UTF8, "application/json");
        form.Add(sdp, "sdp");
        form.Add(session, "session");
        var reply = await http.SendAsync(account, HttpMethod.Post, "realtime/calls", form, ct, (SafetyIdentifier, plan.SafetyIdentifier));
        var call = reply.Location?.Split('?')[0].TrimEnd('/').Split('/')[^1];
        if (string.IsNullOrEmpty(call))
            throw new VoiceProviderException(VoiceFault.Temporary, "The provider's response does not name the call.");
        if (!reply.Text.StartsWith("v=", StringComparison.Ordinal))
            throw new VoiceProviderException(VoiceFault.Temporary, "The provider's response is not an SDP answer.");
        return new VoiceAnswer(call, reply.Text);
    }

    public async Task<IVoiceConnection?> AttachAsync(VoiceAccount account, string callId, CancellationToken ct) =>
        await sockets.ConnectAsync(account, $"realtime?call_id={Uri.EscapeDataString(callId)}", ct);

    public async Task HangUpAsync(VoiceAccount account, string callId, CancellationToken ct)
    {
        try
        {
            await http.SendAsync(account, HttpMethod.Post, $"realtime/calls/{Uri.EscapeDataString(callId)}/hangup", content: null, ct);
        }
        catch (VoiceProviderException e) when (e.Fault == VoiceFault.NotFound)
        {
            // The call is over already.
        }
    }

    /// <summary>Creates a short-lived secret for the tenant's own front end, which sends its offer to the provider directly.</summary>
    /// <exception cref="VoiceProviderException">The secret was not created.</exception>
    public async Task<VoiceClientSecret> CreateSecretAsync(
        VoiceAccount account,
        string model,
        VoicePlan plan,
        int seconds,
        CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["expires_after"] = new JsonObject { ["anchor"] = "created_at", ["seconds"] = seconds },
            ["session"] = RealtimeSession.Of(plan, model),
        };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var header = (SafetyIdentifier, plan.SafetyIdentifier);
        var secret = (await http.SendAsync(account, HttpMethod.Post, "realtime/client_secrets", content, ct, header)).Json();
        return secret.Text("value") is { Length: > 0 } value && secret.Number("expires_at") is { } expires
            ? new VoiceClientSecret(
                value,
                DateTimeOffset.FromUnixTimeSeconds(expires),
                VoiceHttp.Address(account, "realtime/calls").AbsoluteUri)
            : throw new VoiceProviderException(VoiceFault.Temporary, "The provider's response has no client secret.");
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// OpenAI's GPT-Live. The model listens and speaks at the same time and calls no tools. It delegates questions to us
/// (<c>delegation: client</c>) and speaks our answers. The page's data channel may not send or receive events.
/// </summary>
public sealed class GptLiveProvider(VoiceHttp http, VoiceSockets sockets) : IVoiceProvider
{
    /// <summary>The provider accepts no more earlier turns than this.</summary>
    private const int MaxTurns = 128;

    public IReadOnlyList<VoiceProtocol> Protocols { get; } = [VoiceProtocol.GptLive];

    public async Task<VoiceAnswer> OpenAsync(VoiceAccount account, string model, VoicePlan plan, string offer, CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["session"] = Session(plan, model),
            ["transport"] = new JsonObject { ["type"] = "webrtc", ["sdp"] = offer },
        };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var answer = (await http.SendAsync(account, HttpMethod.Post, "live/sessions", content, ct)).Json();
        return answer.Part("session").Text("id") is { Length: > 0 } id && answer.Part("transport").Text("sdp") is { Length: > 0 } sdp
            ? new VoiceAnswer(id, sdp)
            : throw new VoiceProviderException(VoiceFault.Temporary, "The provider's response has no session id or no SDP answer.");
    }

    public async Task<IVoiceConnection?> AttachAsync(VoiceAccount account, string callId, CancellationToken ct) =>
        await sockets.ConnectAsync(account, $"live/sessions/{Uri.EscapeDataString(callId)}/attach", ct);

    // No HTTP request ends a call; a message over the connection does.
    public async Task HangUpAsync(VoiceAccount account, string callId, CancellationToken ct)
    {
        try
        {
            await using var connection = await sockets.ConnectAsync(account, $"live/sessions/{Uri.EscapeDataString(callId)}/attach", ct);
            await connection.SendAsync(new JsonObject { ["type"] = "session.close" }, ct);
        }
        catch (VoiceProviderException e) when (e.Fault == VoiceFault.NotFound)
        {
            // The call is over already.
        }
    }

    private static JsonObject Session(VoicePlan plan, string model)
    {
        var session = new JsonObject
        {
            ["model"] = model,
            ["instructions"] = plan.Instructions,
            ["delegation"] = new JsonObject { ["type"] = "client" },
            ["client"] = new JsonObject
            {
                ["data_channel"] = new JsonObject
                {
                    ["allowed_client_events"] = new JsonArray(),
                    ["allowed_server_events"] = new JsonArray(),
                },
            },
        };
        if (plan.Voice is { } voice) session["audio"] = new JsonObject { ["output"] = new JsonObject { ["voice"] = voice } };
        if (plan.Thread.Count > 0) session["input"] = new JsonArray([.. plan.Thread.TakeLast(MaxTurns).Select(Turn)]);
        return session;
    }

    private static JsonNode Turn(VoiceTurn turn) => new JsonObject
    {
        ["type"] = "message",
        ["role"] = turn.Speaker == Speaker.Visitor ? "user" : "assistant",
        ["content"] = new JsonArray(
            new JsonObject { ["type"] = turn.Speaker == Speaker.Visitor ? "input_text" : "output_text", ["text"] = turn.Text }),
    };
}

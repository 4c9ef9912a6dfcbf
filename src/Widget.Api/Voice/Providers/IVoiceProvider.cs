using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// A realtime voice service. The visitor's page offers a WebRTC connection. We send the offer to the service together with the
/// configuration of the call, and connect to the call ourselves to control it. Neither the key nor the instructions reach the page.
/// </summary>
public interface IVoiceProvider
{
    /// <summary>The protocols that it implements.</summary>
    IReadOnlyList<VoiceProtocol> Protocols { get; }

    /// <summary>Opens a call.</summary>
    /// <param name="account">The endpoint and credentials.</param>
    /// <param name="model">The realtime model.</param>
    /// <param name="plan">The configuration of the call.</param>
    /// <param name="offer">The page's SDP offer.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <exception cref="VoiceProviderException">The call was not opened, or the outcome is unknown.</exception>
    Task<VoiceAnswer> OpenAsync(VoiceAccount account, string model, VoicePlan plan, string offer, CancellationToken ct);

    /// <summary>Connects to a call; null when the provider offers no such connection and the page relays the events.</summary>
    /// <exception cref="VoiceProviderException">The call is over, or the provider can't be reached.</exception>
    Task<IVoiceConnection?> AttachAsync(VoiceAccount account, string callId, CancellationToken ct);

    /// <summary>Ends a call at the provider. Succeeds for a call that is over already.</summary>
    /// <exception cref="VoiceProviderException">The provider did not confirm the end.</exception>
    Task HangUpAsync(VoiceAccount account, string callId, CancellationToken ct);
}

/// <summary>A provider's answer to an SDP offer.</summary>
/// <param name="CallId">The provider's id of the call; null when it gives none.</param>
/// <param name="Sdp">The SDP answer for the page.</param>
public sealed record VoiceAnswer(string? CallId, string Sdp);

/// <summary>Messages to and from a call, in the provider's protocol.</summary>
public interface IVoiceConnection : IAsyncDisposable
{
    /// <summary>Sends a message.</summary>
    /// <exception cref="VoiceProviderException">The connection is broken.</exception>
    ValueTask SendAsync(JsonObject message, CancellationToken ct);

    /// <summary>The messages received until the connection closes or breaks.</summary>
    IAsyncEnumerable<JsonElement> ReadAsync(CancellationToken ct);
}

/// <summary>Why a request to a provider failed.</summary>
public enum VoiceFault
{
    /// <summary>The key is not accepted.</summary>
    BadKey,

    /// <summary>The account has no credit or quota left.</summary>
    Quota,

    /// <summary>There is no such call or model.</summary>
    NotFound,

    /// <summary>The request is invalid or not allowed.</summary>
    Refused,

    /// <summary>The provider can't be reached, is busy or did not answer in time.</summary>
    Temporary,
}

/// <summary>A request to a provider failed. The message is for logs and staff; it contains no key.</summary>
public sealed class VoiceProviderException(VoiceFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public VoiceFault Fault { get; } = fault;

    /// <summary>The HTTP status; null when there was no response.</summary>
    public int? Status { get; init; }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// A service that one can talk with. The visitor's page offers a WebRTC connection, we pass the offer on with everything the service is to know, and
/// hold a line of our own to what happens there. No key and nothing of what the model is told reaches the page.
/// </summary>
public interface IVoiceProvider
{
    IReadOnlyList<VoiceProtocol> Protocols { get; }

    /// <summary>Opens a call.</summary>
    /// <param name="account">Where and as whom.</param>
    /// <param name="model">The provider's model.</param>
    /// <param name="plan">What it is to know.</param>
    /// <param name="offer">The page's SDP.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="VoiceProviderException">It was not opened, or nobody knows.</exception>
    Task<VoiceAnswer> OpenAsync(VoiceAccount account, string model, VoicePlan plan, string offer, CancellationToken ct);

    /// <summary>Our line to a call; null where the provider has none, and the page passes on what happens.</summary>
    /// <exception cref="VoiceProviderException">There is no such call (any more), or no line to it just now.</exception>
    Task<IVoiceLine?> AttachAsync(VoiceAccount account, string callId, CancellationToken ct);

    /// <summary>Ends a call there. One that is over already is no error.</summary>
    /// <exception cref="VoiceProviderException">Nobody knows whether it has ended.</exception>
    Task HangUpAsync(VoiceAccount account, string callId, CancellationToken ct);
}

/// <param name="CallId">The provider's id of the call; null where it gives none that could be used.</param>
/// <param name="Sdp">For the page.</param>
public sealed record VoiceAnswer(string? CallId, string Sdp);

/// <summary>Messages to and from a call, in the provider's dialect.</summary>
public interface IVoiceLine : IAsyncDisposable
{
    /// <exception cref="VoiceProviderException">The line is broken.</exception>
    ValueTask SendAsync(JsonObject message, CancellationToken ct);

    /// <summary>What comes, until the other side closes the line or it breaks.</summary>
    IAsyncEnumerable<JsonElement> ReadAsync(CancellationToken ct);
}

/// <summary>What went wrong at a provider, by what is to be done about it.</summary>
public enum VoiceFault
{
    /// <summary>The key is not accepted.</summary>
    BadKey,

    /// <summary>The account's money or quota is spent.</summary>
    Quota,

    /// <summary>There is no such call or model.</summary>
    NotFound,

    /// <summary>The request is not understood or not allowed.</summary>
    Refused,

    /// <summary>It is away, busy or too slow.</summary>
    Temporary,
}

/// <summary>A provider did not do what it was asked. The message is for the log and for staff; it holds no key.</summary>
public sealed class VoiceProviderException(VoiceFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public VoiceFault Fault { get; } = fault;

    /// <summary>HTTP status; null when there was no answer.</summary>
    public int? Status { get; init; }
}

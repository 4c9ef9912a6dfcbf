using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Widget.Api.Web;

/// <summary>
/// A hub protocol that reports messages over the size limit to the client. SignalR's own limit closes the connection without a reason.
/// This class rejects only the message and keeps the connection open. Only a frame larger than <see cref="MaxFrameBytes"/> closes the
/// connection, with the reason.
/// </summary>
internal sealed class SizeLimitedHubProtocol(IHubProtocol inner) : IHubProtocol
{
    /// <summary>Maximum size of a message in bytes, the same as over HTTP.</summary>
    public const int MaxMessageBytes = 64 * 1024;

    /// <summary>Maximum number of bytes that are read of one message. After that, the connection is closed.</summary>
    public const int MaxFrameBytes = 1024 * 1024;

    public string Name => inner.Name;

    public int Version => inner.Version;

    public TransferFormat TransferFormat => inner.TransferFormat;

    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var available = input.Length;
        if (!inner.TryParseMessage(ref input, binder, out message))
        {
            // SignalR passes at most as many bytes as its own limit. If they are not a complete message, the frame is over the limit.
            if (available >= MaxFrameBytes) throw TooLarge(MaxFrameBytes);
            return false;
        }

        if (available - input.Length > MaxMessageBytes) message = Reject(message);
        return true;
    }

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(message, output);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(message);

    private static HubMessage Reject(HubMessage message) => message switch
    {
        HubMethodInvocationMessage call => new InvocationBindingFailureMessage(call.InvocationId, call.Target, TooLargeError()),
        InvocationBindingFailureMessage call => new InvocationBindingFailureMessage(call.InvocationId, call.Target, TooLargeError()),
        StreamItemMessage { InvocationId: { } stream } => new StreamBindingFailureMessage(stream, TooLargeError()),
        _ => message,
    };

    private static ExceptionDispatchInfo TooLargeError() => ExceptionDispatchInfo.Capture(TooLarge(MaxMessageBytes));

    private static HubException TooLarge(int limit) => new($"The message is larger than {limit >> 10} KB.");
}

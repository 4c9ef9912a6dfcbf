using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Widget.Api.Web;

/// <summary>
/// The hub protocol with a size limit that clients are told about. SignalR's own limit closes the connection without a reason. This one
/// rejects only the message that is too large and keeps the connection open; only a frame beyond <see cref="LargestFrame"/> closes it,
/// with the reason.
/// </summary>
internal sealed class MeasuredHubProtocol(IHubProtocol inner) : IHubProtocol
{
    /// <summary>Largest message, in bytes: as over HTTP.</summary>
    public const int LargestMessage = 64 * 1024;

    /// <summary>What is read of one message before the connection ends, in bytes.</summary>
    public const int LargestFrame = 1024 * 1024;

    public string Name => inner.Name;

    public int Version => inner.Version;

    public TransferFormat TransferFormat => inner.TransferFormat;

    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var before = input.Length;
        if (!inner.TryParseMessage(ref input, binder, out message))
        {
            // SignalR passes on as much as its own limit allows. If that is not a complete message, the frame is larger than the limit.
            if (before >= LargestFrame) throw TooLarge(LargestFrame);
            return false;
        }

        if (before - input.Length > LargestMessage) message = Refused(message);
        return true;
    }

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(message, output);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(message);

    private static HubMessage Refused(HubMessage message) => message switch
    {
        HubMethodInvocationMessage call => new InvocationBindingFailureMessage(call.InvocationId, call.Target, Reason()),
        InvocationBindingFailureMessage call => new InvocationBindingFailureMessage(call.InvocationId, call.Target, Reason()),
        StreamItemMessage { InvocationId: { } stream } => new StreamBindingFailureMessage(stream, Reason()),
        _ => message,
    };

    private static ExceptionDispatchInfo Reason() => ExceptionDispatchInfo.Capture(TooLarge(LargestMessage));

    private static HubException TooLarge(int limit) => new($"The message is larger than {limit >> 10} KB.");
}

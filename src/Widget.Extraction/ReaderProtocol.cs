using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Extraction;

/// <summary>A request to a reader child process. The document's bytes follow.</summary>
/// <param name="MediaType">Selects the extractor.</param>
/// <param name="Charset">The declared character set.</param>
/// <param name="Address">Where the document was fetched from.</param>
/// <param name="Length">Number of bytes that follow.</param>
/// <param name="Milliseconds">Time limit after which the child exits by itself, in case the server has died.</param>
internal sealed record ReaderRequest(string MediaType, string? Charset, Uri? Address, int Length, int Milliseconds);

/// <summary>A reply of a reader child process. Exactly one property is set.</summary>
internal sealed record ReaderReply
{
    public ExtractedDocument? Document { get; init; }

    /// <summary>Why the document cannot be read, in plain words.</summary>
    public string? Failure { get; init; }

    /// <summary>An unexpected exception, for the log.</summary>
    public string? Fault { get; init; }
}

[JsonSerializable(typeof(ReaderRequest))]
[JsonSerializable(typeof(ReaderReply))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
internal sealed partial class ReaderJson : JsonSerializerContext;

/// <summary>
/// The protocol between the server and a reader child process: JSON, preceded by its length in four bytes, little-endian. A request's
/// content follows its JSON.
/// </summary>
internal static class ReaderProtocol
{
    /// <summary>The child's exit code when it runs out of memory.</summary>
    public const int OutOfMemory = 77;

    /// <summary>The child's exit code when it exceeds its time limit.</summary>
    public const int OutOfTime = 78;

    public static byte[] Frame(ReaderRequest request) =>
        WithLength(JsonSerializer.SerializeToUtf8Bytes(request, ReaderJson.Default.ReaderRequest));

    public static byte[] Frame(ReaderReply reply) => WithLength(JsonSerializer.SerializeToUtf8Bytes(reply, ReaderJson.Default.ReaderReply));

    /// <summary>Reads the next request with its content; null when the server has closed the pipe.</summary>
    public static (ReaderRequest Request, byte[] Content)? Read(Stream input)
    {
        var length = new byte[sizeof(int)];
        if (input.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length) return null;
        var json = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        input.ReadExactly(json);
        var request = JsonSerializer.Deserialize(json, ReaderJson.Default.ReaderRequest)!;
        var content = new byte[request.Length];
        input.ReadExactly(content);
        return (request, content);
    }

    /// <summary>Reads a reply.</summary>
    /// <exception cref="EndOfStreamException">The child has exited.</exception>
    /// <exception cref="InvalidDataException">The reply is invalid or longer than <paramref name="maxLength"/> bytes.</exception>
    public static async Task<ReaderReply> ReadReplyAsync(Stream output, int maxLength, CancellationToken ct)
    {
        var prefix = new byte[sizeof(int)];
        await output.ReadExactlyAsync(prefix, ct);
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length <= 0 || length > maxLength) throw new InvalidDataException($"The reply has {length} bytes.");
        var json = new byte[length];
        await output.ReadExactlyAsync(json, ct);
        try
        {
            return JsonSerializer.Deserialize(json, ReaderJson.Default.ReaderReply)
                ?? throw new InvalidDataException("The reply is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The reply is not JSON.", e);
        }
    }

    private static byte[] WithLength(byte[] json)
    {
        var frame = new byte[sizeof(int) + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, json.Length);
        json.CopyTo(frame, sizeof(int));
        return frame;
    }
}

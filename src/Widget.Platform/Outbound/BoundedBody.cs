using System.Buffers;

namespace Widget.Platform.Outbound;

/// <summary>The body of a response, up to a limit.</summary>
/// <param name="Content">The bytes that were read, at most as many as the limit.</param>
/// <param name="IsComplete">Whether the body ended within the limit.</param>
public readonly record struct BoundedBody(ReadOnlyMemory<byte> Content, bool IsComplete)
{
    /// <param name="content">The response's content.</param>
    /// <param name="limit">Maximum number of bytes to read.</param>
    /// <param name="ct">Cancels the read.</param>
    public static async Task<BoundedBody> ReadAsync(HttpContent content, int limit, CancellationToken ct)
    {
        var body = new ArrayBufferWriter<byte>();
        await using var stream = await content.ReadAsStreamAsync(ct);
        for (int read; (read = await stream.ReadAsync(body.GetMemory(16 * 1024), ct)) > 0;)
        {
            body.Advance(read);
            if (body.WrittenCount > limit) return new BoundedBody(body.WrittenMemory[..limit], IsComplete: false);
        }

        return new BoundedBody(body.WrittenMemory, IsComplete: true);
    }
}

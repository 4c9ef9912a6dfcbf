namespace Widget.Api.TenantTools.Mcp;

/// <summary>A response was larger than allowed.</summary>
internal sealed class ResponseTooLargeException() : IOException("The response is too large.");

/// <summary>
/// Ends each request when a token is cancelled, and limits the size of each response, also of one that is a stream of events.
/// </summary>
internal sealed class ResponseLimitHandler(HttpMessageHandler inner, int maxBytes, CancellationToken end) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end);
        var response = await base.SendAsync(request, either.Token);
        var bounded = new StreamContent(new BoundedStream(await response.Content.ReadAsStreamAsync(either.Token), maxBytes, end));
        foreach (var header in response.Content.Headers) bounded.Headers.TryAddWithoutValidation(header.Key, header.Value);
        response.Content = bounded;
        return response;
    }

    private sealed class BoundedStream(Stream inner, int maxBytes, CancellationToken end) : Stream
    {
        private int _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end);
            return Count(await inner.ReadAsync(buffer, either.Token));
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        private int Count(int read)
        {
            _read += read;
            return _read <= maxBytes ? read : throw new ResponseTooLargeException();
        }
    }
}

using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Recordings;

/// <summary>A recording's files, and its content as one stream.</summary>
internal sealed class RecordingFiles(TenantDatabase database, IEnumerable<IRecordingStore> stores)
{
    public IRecordingStore Current => stores.Last();

    public static string Prefix(TenantId tenant, Guid recording) => $"{tenant.Value:N}/{recording:N}/";

    public static string ChunkKey(TenantId tenant, Guid recording, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix(tenant, recording)}{number:D6}");

    public static string FinalKey(TenantId tenant, Guid recording) => $"{Prefix(tenant, recording)}final";

    /// <summary>Deletes all files of a tenant.</summary>
    public async Task DeleteAllAsync(TenantId tenant, CancellationToken ct)
    {
        foreach (var store in stores) await store.DeleteAsync($"{tenant.Value:N}/", ct);
    }

    public IRecordingStore Of(RecordingRow row) => stores.First(store => store.Name == row.Store);

    /// <summary>Opens the finished file, or the chunks up to the first one that is missing.</summary>
    public async Task<Stream> OpenAsync(RecordingRow row, CancellationToken ct)
    {
        var store = Of(row);
        if (row.FinalBytes is { } size) return new PartsStream(store, [(FinalKey(row.TenantId, row.Id), size)]);
        await using var db = await database.BeginAsync(row.TenantId, ct);
        var chunks = await db.RecordingChunks.AsNoTracking().Where(chunk => chunk.RecordingId == row.Id)
            .OrderBy(chunk => chunk.Number).Select(chunk => new { chunk.Number, chunk.Bytes }).ToListAsync(ct);
        var whole = chunks.TakeWhile((chunk, i) => chunk.Number == i);
        return new PartsStream(store, [.. whole.Select(chunk => (ChunkKey(row.TenantId, row.Id, chunk.Number), (long)chunk.Bytes))]);
    }
}

/// <summary>Files one after the other, as one stream in which readers can seek.</summary>
internal sealed class PartsStream(IRecordingStore store, IReadOnlyList<(string Key, long Bytes)> parts) : Stream
{
    private readonly long _length = parts.Sum(part => part.Bytes);
    private long _position;
    private Stream? _open;
    private long _openUntil;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= _length || buffer.Length == 0) return 0;
        if (_open is null || _position >= _openUntil) await OpenAsync(cancellationToken);
        var count = (int)Math.Min(buffer.Length, _openUntil - _position);
        var read = await _open!.ReadAsync(buffer[..count], cancellationToken);
        if (read == 0) throw new EndOfStreamException("A part of the recording is shorter than it was.");
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => _length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        if (target != _position) Close(ref _open);
        return _position = target;
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Close(ref _open);
        base.Dispose(disposing);
    }

    private static void Close(ref Stream? stream)
    {
        stream?.Dispose();
        stream = null;
    }

    private async Task OpenAsync(CancellationToken ct)
    {
        Close(ref _open);
        var start = 0L;
        foreach (var (key, bytes) in parts)
        {
            if (_position < start + bytes)
            {
                _open = await store.OpenAsync(key, _position - start, ct);
                _openUntil = start + bytes;
                return;
            }

            start += bytes;
        }
    }
}

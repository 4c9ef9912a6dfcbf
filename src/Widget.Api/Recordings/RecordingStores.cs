using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Widget.Api.Recordings;

/// <summary>Keeps the files of recordings.</summary>
internal interface IRecordingStore
{
    /// <summary>disk or s3. A recording stays in the store in which it began.</summary>
    string Name { get; }

    /// <summary>Stores a file completely or not at all. An existing one is replaced.</summary>
    Task PutAsync(string key, Stream content, CancellationToken ct);

    /// <summary>Opens a file from a position.</summary>
    Task<Stream> OpenAsync(string key, long from, CancellationToken ct);

    /// <summary>Deletes all files whose keys begin with a prefix that ends with a slash.</summary>
    Task DeleteAsync(string prefix, CancellationToken ct);
}

/// <summary>A folder. Keys are made of ids only.</summary>
internal sealed class DiskStore(RecordingOptions options) : IRecordingStore
{
    public string Name => "disk";

    public async Task PutAsync(string key, Stream content, CancellationToken ct)
    {
        var path = PathOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // A crash in the middle leaves no half chunk under the chunk's name.
        var temporary = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await content.CopyToAsync(file, ct);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public Task<Stream> OpenAsync(string key, long from, CancellationToken ct)
    {
        var file = new FileStream(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        file.Seek(from, SeekOrigin.Begin);
        return Task.FromResult<Stream>(file);
    }

    public Task DeleteAsync(string prefix, CancellationToken ct)
    {
        var folder = PathOf(prefix);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    private string PathOf(string key) => Path.Combine(options.Folder, key);
}

/// <summary>S3-compatible storage.</summary>
internal sealed class S3Store : IRecordingStore, IDisposable
{
    private const int DeleteAtOnce = 1_000;

    private readonly AmazonS3Client _client;
    private readonly string _bucket;

    public S3Store(RecordingOptions options)
    {
        _bucket = options.Bucket!;
        var config = new AmazonS3Config
        {
            Timeout = TimeSpan.FromSeconds(60),
            MaxErrorRetry = 3,
            // Not all compatible servers know the newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            // Compatible servers often have no host for each bucket.
            config.ForcePathStyle = true;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        }

        _client = new AmazonS3Client(new BasicAWSCredentials(options.Key, options.Secret), config);
    }

    public string Name => "s3";

    public async Task PutAsync(string key, Stream content, CancellationToken ct) => await _client.PutObjectAsync(
        new PutObjectRequest { BucketName = _bucket, Key = key, InputStream = content, AutoCloseStream = false, UseChunkEncoding = false },
        ct);

    public async Task<Stream> OpenAsync(string key, long from, CancellationToken ct)
    {
        var request = new GetObjectRequest { BucketName = _bucket, Key = key };
        if (from > 0) request.ByteRange = new ByteRange($"bytes={from}-");
        return (await _client.GetObjectAsync(request, ct)).ResponseStream;
    }

    public async Task DeleteAsync(string prefix, CancellationToken ct)
    {
        while (true)
        {
            var list = await _client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = _bucket, Prefix = prefix, MaxKeys = DeleteAtOnce },
                ct);
            if (list.S3Objects is not { Count: > 0 } objects) return;
            foreach (var entry in objects) await _client.DeleteObjectAsync(_bucket, entry.Key, ct);
        }
    }

    public void Dispose() => _client.Dispose();
}

using System.Diagnostics;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>Throughput of the reader child processes, as used by ingestion.</summary>
internal static class ExtractionBenchmark
{
    public static async Task RunAsync(string folder)
    {
        var documents = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => (File: file, MediaType: MediaTypes.Of(file, null)))
            .Where(file => file.MediaType is not null && Readers.Pool.Reads(file.MediaType))
            .Select(file => new RawDocument(File.ReadAllBytes(file.File), file.MediaType!))
            .ToList();
        await Task.WhenAll(documents.Take(200).Select(document => TryAsync(document))); // children started, code compiled

        var watch = Stopwatch.StartNew();
        var failed = 0;
        await Parallel.ForEachAsync(documents, async (document, _) =>
        {
            if (!await TryAsync(document)) Interlocked.Increment(ref failed);
        });
        Console.WriteLine(
            $"{documents.Count} documents of {documents.Average(document => document.Content.Length) / 1024:0.0} KB in "
                + $"{watch.Elapsed.TotalSeconds:0.0} s: "
            + $"{documents.Count / watch.Elapsed.TotalSeconds:0} a second through {Environment.ProcessorCount} reader children; "
            + $"{failed} could not be read");
    }

    private static async Task<bool> TryAsync(RawDocument document)
    {
        try
        {
            await Readers.Pool.ReadAsync(document, CancellationToken.None);
            return true;
        }
        catch (IngestionFailureException)
        {
            return false;
        }
    }
}

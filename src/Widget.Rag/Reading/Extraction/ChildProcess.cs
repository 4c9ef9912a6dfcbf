using System.Diagnostics;

namespace Widget.Rag.Reading.Extraction;

/// <summary>Resource limits of a program that reads untrusted files.</summary>
/// <param name="Time">Limit of its wall-clock time and of its CPU time. It is killed when it exceeds either.</param>
/// <param name="MemoryBytes">Address space in bytes.</param>
/// <param name="OutputBytes">Maximum size of its standard output.</param>
public sealed record ChildLimits(TimeSpan Time, long MemoryBytes, int OutputBytes);

/// <summary>Result of a child process.</summary>
public sealed record ChildResult(int ExitCode, byte[] Output, string Errors);

/// <summary>
/// Runs a program on untrusted input in a child process with resource limits, so that an attack or error cannot reach the server.
/// </summary>
internal static class ChildProcess
{
    /// <summary>The util-linux program that sets resource limits and then executes another program.</summary>
    public const string Limiter = "/usr/bin/prlimit";

    // Low priority: visitors' questions and small documents go first.
    private const string Nice = "/usr/bin/nice";

    /// <summary>Whether a program is installed.</summary>
    public static bool Has(string program) => Find(program) is not null;

    /// <exception cref="IngestionFailureException">The program is not installed, or it exceeded a limit.</exception>
    public static async Task<ChildResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        ReadOnlyMemory<byte> input,
        ChildLimits limits,
        CancellationToken ct)
    {
        var path = Locate(program);
        var start = new ProcessStartInfo
        {
            FileName = path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // The input is untrusted, so the child gets none of the server's settings and secrets.
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["OMP_THREAD_LIMIT"] = "1"; // On small pictures, tesseract is slower with more threads.
        if (OperatingSystem.IsLinux() && File.Exists(Limiter))
        {
            start.FileName = Limiter;
            start.ArgumentList.Add($"--as={limits.MemoryBytes}");
            start.ArgumentList.Add($"--cpu={(int)Math.Ceiling(limits.Time.TotalSeconds)}");
            start.ArgumentList.Add("--core=0");
            start.ArgumentList.Add("--");
            if (File.Exists(Nice)) foreach (var argument in (string[])[Nice, "-n", "10"]) start.ArgumentList.Add(argument);
            start.ArgumentList.Add(path);
        }

        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(limits.Time);
        try
        {
            var feeding = FeedAsync(process, input, deadline.Token);
            var readingErrors = BeginningAsync(process.StandardError.BaseStream, 64 * 1024, deadline.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, limits.OutputBytes, deadline.Token)
                ?? throw new IngestionFailureException(Extractors.TooLong);
            await feeding;
            var errorOutput = await readingErrors;
            await process.WaitForExitAsync(deadline.Token);
            return new ChildResult(process.ExitCode, output, System.Text.Encoding.UTF8.GetString(errorOutput));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new IngestionFailureException(
                $"Reading this document took longer than {limits.Time.TotalSeconds:0} seconds.",
                e);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string Locate(string program) =>
        Find(program)
            ?? throw new IngestionFailureException(
                $"This kind of document needs the program {program}, which is not installed on the server. "
                    + "Ask your operator to install it.");

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The child stopped reading early; its exit code tells why.
        }
    }

    // Keeps only the beginning, but reads to the end, because a program blocks when its pipe is full.
    private static async Task<byte[]> BeginningAsync(Stream stream, int limit, CancellationToken ct)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
            kept.Write(buffer, 0, Math.Min(read, limit - (int)kept.Length));
        return kept.ToArray();
    }

    // Null when the output exceeds the limit.
    private static async Task<byte[]?> ReadAsync(Stream stream, int limit, CancellationToken ct)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (all.Length + read > limit) return null;
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}

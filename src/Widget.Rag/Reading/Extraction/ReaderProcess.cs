using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Widget.Rag.Reading.Extraction;

/// <summary>A reader child process. It runs Widget.Extraction, which is deployed beside this assembly.</summary>
internal sealed class ReaderProcess : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly ChildLimits _limits;

    private ReaderProcess(Process process, ChildLimits limits)
    {
        _process = process;
        _limits = limits;
        process.BeginErrorReadLine(); // what it complains about is not kept, but a full pipe would stop it
    }

    public bool IsAlive => !_process.HasExited;

    public int Id => _process.Id;

    public static ReaderProcess Start(ChildLimits limits)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // The input is untrusted, so the child gets none of the server's settings and secrets.
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        // The runtime reserves far more address space than it uses, so RLIMIT_AS does not help. Its heap has its own limit.
        start.Environment["DOTNET_GCHeapHardLimit"] = limits.MemoryBytes.ToString("X", CultureInfo.InvariantCulture);
        if (OperatingSystem.IsLinux() && File.Exists(ChildProcess.Limiter))
        {
            start.FileName = ChildProcess.Limiter;
            // No core dumps, and few open files.
            foreach (var argument in (string[])["--core=0", "--nofile=256", "--", DotnetHost()]) start.ArgumentList.Add(argument);
        }
        else
        {
            start.FileName = DotnetHost();
        }

        start.ArgumentList.Add(typeof(Extractors).Assembly.Location);
        return new ReaderProcess(Process.Start(start) ?? throw new InvalidOperationException("The reader process did not start."), limits);
    }

    /// <summary>Sends a document to the child. After an exception the child must not be used any more.</summary>
    /// <exception cref="IngestionFailureException">The child exceeded a limit or crashed.</exception>
    public async Task<ReaderReply> ReadAsync(RawDocument document, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(_limits.Time);
        try
        {
            var input = _process.StandardInput.BaseStream;
            var request = new ReaderRequest(
                document.MediaType,
                document.Charset,
                document.Address,
                document.Content.Length,
                (int)(_limits.Time + Grace).TotalMilliseconds);
            await input.WriteAsync(ReaderProtocol.Frame(request), deadline.Token);
            await input.WriteAsync(document.Content, deadline.Token);
            await input.FlushAsync(deadline.Token);
            return await ReaderProtocol.ReadReplyAsync(_process.StandardOutput.BaseStream, _limits.OutputBytes, deadline.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new IngestionFailureException(
                $"Reading this document took longer than {_limits.Time.TotalSeconds:0.#} seconds.",
                e);
        }
        catch (InvalidDataException e)
        {
            throw new IngestionFailureException(
                "This document has too much text, or could not be read correctly.",
                e);
        }
        catch (IOException e)
        {
            throw new IngestionFailureException(await CauseOfDeathAsync(ct), e);
        }
    }

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // The child has already exited.
        }

        _process.Dispose();
    }

    private async Task<string> CauseOfDeathAsync(CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(Grace);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "Reading this document was interrupted.";
        }

        return _process.ExitCode == ReaderProtocol.OutOfMemory
            ? $"Reading this document takes more than {_limits.MemoryBytes >> 20} MB of memory. Split it into smaller documents."
            : "This document crashed the program that reads it. The file may be damaged or malicious.";
    }

    // The dotnet host is three folders above its runtime. The process itself may have been started by an apphost.
    private static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } own && Path.GetFileName(own) == name) return own;
        var runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        if (File.Exists(runtime)) return runtime;
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Prepend(Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "")
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                "The program dotnet was not found. Document readers need it. Add it to the PATH or set DOTNET_ROOT.");
    }
}

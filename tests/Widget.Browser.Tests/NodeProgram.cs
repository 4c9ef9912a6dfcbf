using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>A program of the tests that runs in Node.js, and prints lines of JSON.</summary>
internal sealed class NodeProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<JsonElement> _lines = [];

    private NodeProgram(Process process) => _process = process;

    /// <summary>What it has printed so far.</summary>
    public IReadOnlyCollection<JsonElement> Lines => _lines;

    /// <summary>Starts the program, and waits until it says that it is ready.</summary>
    /// <param name="folder">The folder in tests/, whose packages are installed.</param>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<NodeProgram> StartAsync(string folder, string file, params string[] arguments)
    {
        var path = Path.Combine(Repository.Root, "tests", folder);
        Directory.Exists(Path.Combine(path, "node_modules")).ShouldBeTrue($"Run `npm ci` in tests/{folder} first.");
        var start = new ProcessStartInfo("node", [file, .. arguments])
        {
            WorkingDirectory = path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var program = new NodeProgram(Process.Start(start)!);
        program._process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text) program._lines.Enqueue(JsonSerializer.Deserialize<JsonElement>(text));
        };
        program._process.BeginOutputReadLine();
        await Eventually.TrueAsync(
            () => program._lines.Any(line => line.TryGetProperty("ready", out _)) || program._process.HasExited,
            $"{folder}/{file} is ready");
        program._process.HasExited.ShouldBeFalse();
        return program;
    }

    /// <summary>Writes a line to the program's standard input.</summary>
    public Task WriteAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    public async ValueTask DisposeAsync()
    {
        // It ends with its input.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

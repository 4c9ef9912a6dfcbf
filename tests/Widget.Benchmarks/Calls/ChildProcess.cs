using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Widget.Benchmarks.Calls;

/// <summary>
/// One of the product's programs in its own process. It can be killed, as by a power failure, and frozen, as by a bad network.
/// </summary>
internal sealed class ChildProcess(
    string dll,
    Uri address,
    string ready,
    IReadOnlyDictionary<string, string> environment) : IAsyncDisposable
{
    private Process? _process;

    public Uri Address => address;

    /// <summary>Processor time used since the start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Uri FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
    }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add(dll);
        start.Environment["ASPNETCORE_URLS"] = address.AbsoluteUri;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        // The output is not needed, but a full pipe would block the process.
        _process.BeginOutputReadLine();
        using var http = new HttpClient();
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(50))
        {
            try
            {
                if ((await http.GetAsync(new Uri(address, ready))).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not ready yet.
            }
        }

        throw new TimeoutException($"{Path.GetFileName(dll)} did not start.");
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Freezes the process: for a while it neither answers nor refuses requests.</summary>
    public async Task FreezeAsync(TimeSpan time)
    {
        Signal("STOP");
        await Task.Delay(time);
        Signal("CONT");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
    }

    private void Signal(string name) => Process.Start("kill", [$"-{name}", $"{_process!.Id}"]).WaitForExit();
}

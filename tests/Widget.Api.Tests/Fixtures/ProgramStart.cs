using System.Diagnostics;
using Widget.Testing;

namespace Widget.Api.Tests.Fixtures;

/// <summary>Starts simulators, which run as processes of their own.</summary>
internal static class ProgramStart
{
    /// <summary>Starts a server and waits until <c>/health</c> responds.</summary>
    /// <param name="start">The program.</param>
    /// <param name="client">A client of the server.</param>
    public static async Task<Process> StartServerAsync(this ProcessStartInfo start, HttpClient client)
    {
        (start.UseShellExecute, start.RedirectStandardOutput) = (false, true);
        var process = Process.Start(start)!;
        // The output is read and dropped, because a full pipe would block the process.
        process.BeginOutputReadLine();
        await Eventually.TrueAsync(
            async () =>
            {
                if (process.HasExited) throw new InvalidOperationException($"The simulator ended with code {process.ExitCode}.");
                try
                {
                    return (await client.GetAsync("/health")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the simulator is up");
        return process;
    }

    /// <summary>Kills the process and waits until it has ended.</summary>
    public static async Task EndAsync(this Process process)
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

using System.Diagnostics;
using Widget.Testing;

namespace Widget.Api.Tests.Operations;

/// <summary>Runs the operator's command line as a program.</summary>
internal static class OperatorProgram
{
    public static Task<(int Code, string Output, string Errors)> RunAsync(
        string owner,
        Dictionary<string, string?> environment,
        params string[] arguments) => RunWithAsync("", owner, environment, arguments);

    /// <summary>Runs a command that reads its standard input.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunWithAsync(
        string input,
        string owner,
        Dictionary<string, string?> environment,
        params string[] arguments)
    {
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "src", "Widget.Api", "bin", configuration, "net10.0", "Widget.Api.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("WIDGET_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(variable);
        start.Environment["WIDGET_DATABASE"] = owner;
        foreach (var (key, value) in environment) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }

    public static Task<(int Code, string Output, string Errors)> RunAsync(string owner, params string[] arguments) =>
        RunAsync(owner, [], arguments);
}

using System.Diagnostics;

namespace Widget.Testing;

/// <summary>The working copy that the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Runs a command in the working copy and returns its output.</summary>
    public static Task<string> RunAsync(string program, params IReadOnlyList<string> arguments) =>
        RunAsync(program, new Dictionary<string, string?>(StringComparer.Ordinal), arguments);

    /// <summary>Runs a command with changes to its environment. Null removes a variable. "run" is the project's ./run.</summary>
    public static async Task<string> RunAsync(
        string program,
        IReadOnlyDictionary<string, string?> environment,
        IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Root, program), arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // A developer's own settings must not affect a test.
        start.Environment["WIDGET_ENV_FILE"] = "/dev/null";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Widget.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests run services a working copy.");
    }
}

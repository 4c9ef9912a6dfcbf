using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.LiveKit;
using Widget.Api.Rooms;
using Widget.Testing;

namespace Widget.Api.Tests.Rooms;

/// <summary>A node with the simulated LiveKit.</summary>
internal static class LiveKitWorld
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts a node in a database of its own: other nodes would not know the server of its rooms.</summary>
    public static async Task<(ApiNode Node, TestDatabase Database)> StartAsync(
        ApiFixture api,
        string? agent = null,
        RoomTimings? timings = null)
    {
        var database = await TestDatabase.CreateAsync();
        var node = await ApiNode.StartAsync(
            database,
            tavusApi: api.Simulator.TavusApi,
            configure: options => options with
            {
                LiveKit = new LiveKitOptions
                {
                    Address = new Uri(api.Simulator.Address, "/livekit"),
                    Key = LiveKitHook.Key,
                    Secret = LiveKitHook.Secret,
                    Agent = agent,
                },
                Rooms = timings ?? options.Rooms with { AvatarCheck = TimeSpan.FromSeconds(0.3) },
            });
        return (node, database);
    }

    /// <summary>The identities of those who are in a room at LiveKit.</summary>
    public static async Task<IReadOnlyList<string>> PeopleAtLiveKitAsync(this ApiFixture api, string room)
    {
        using var response = await api.Simulator.Control.GetAsync($"/control/livekit/rooms/{room}", Ct);
        if (!response.IsSuccessStatusCode) return [];
        var state = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        return [.. state.GetProperty("people").EnumerateArray().Select(person => person.GetProperty("identity").GetString()!)];
    }

    /// <summary>LiveKit's public library reads a token or a webhook.</summary>
    public static async Task<JsonElement> VerifyAsync(string kind, params string[] arguments)
    {
        var folder = Path.Combine(Repository.Root, "tests", "livekit-client");
        Directory.Exists(Path.Combine(folder, "node_modules", "livekit-server-sdk"))
            .ShouldBeTrue("Run `npm ci` in tests/livekit-client first.");
        var start = new ProcessStartInfo(
            "node",
            ["verify.mjs", kind, LiveKitHook.Key, LiveKitHook.Secret, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Ct);
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        process.ExitCode.ShouldBe(0, await errors);
        return JsonDocument.Parse(output).RootElement;
    }
}

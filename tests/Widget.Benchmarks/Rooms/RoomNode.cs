using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Benchmarks.Calls;
using Widget.Testing;

namespace Widget.Benchmarks.Rooms;

/// <summary>A node of the API in its own process, with its own database and tenants.</summary>
internal sealed class RoomNode : IAsyncDisposable
{
    private const int Requests = 40;

    private readonly TestDatabase _database;
    private readonly ChildProcess _process;
    private readonly List<HttpClient> _tenants = [];

    private RoomNode(TestDatabase database, ChildProcess process) => (_database, _process) = (database, process);

    public Uri Address => _process.Address;

    /// <summary>A client for each tenant, with its API key.</summary>
    public IReadOnlyList<HttpClient> Tenants => _tenants;

    public static async Task<RoomNode> StartAsync(int tenants)
    {
        var database = await TestDatabase.CreateAsync();
        var process = new ChildProcess(
            Path.Combine(Repository.Root, "src/Widget.Api/bin/Release/net10.0/Widget.Api.dll"),
            ChildProcess.FreeAddress(),
            "/health/ready",
            new Dictionary<string, string>
            {
                ["WIDGET_DATABASE_APP"] = database.Application,
                ["WIDGET_EMBED"] = Path.Combine(Repository.Root, "src/Widget.Embed/dist"),
                // All browsers and clients have one IP address, and the limit is per address.
                ["WIDGET_LIMIT_ANONYMOUS"] = "off",
            });
        var node = new RoomNode(database, process);
        await process.StartAsync();
        for (var i = 0; i < tenants; i++)
        {
            var created = await new TenantAdministration(database.OwnerSource)
                .CreateAsync($"tenant{i}", $"Tenant {i}", [], CancellationToken.None);
            var http = new HttpClient { BaseAddress = process.Address };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", created.ApiKey);
            node._tenants.Add(http);
        }

        return node;
    }

    /// <summary>Creates a room, and links for a host and a guest.</summary>
    public static async Task<(string Id, JsonElement Host, JsonElement Guest)> CreateRoomAsync(HttpClient tenant)
    {
        var room = await PostAsync(tenant, "/api/video/rooms", new { waitingRoom = false });
        var id = room.GetProperty("id").GetString()!;
        return (id, room.GetProperty("link"), await PostAsync(tenant, $"/api/video/rooms/{id}/links", new { }));
    }

    /// <summary>Sends requests of each kind, one after the other, and prints how long they take.</summary>
    /// <returns>The average in milliseconds.</returns>
    public async Task<double> MeasureRequestsAsync()
    {
        var tenant = _tenants[0];
        var (id, _, _) = await CreateRoomAsync(tenant);
        (string Name, Func<Task<HttpResponseMessage>> Send)[] kinds =
        [
            ("create a room", () => tenant.PostAsJsonAsync("/api/video/rooms", new { waitingRoom = false })),
            ("read a room", () => tenant.GetAsync($"/api/video/rooms/{id}")),
            ("make a link", () => tenant.PostAsJsonAsync($"/api/video/rooms/{id}/links", new { })),
            ("list rooms", () => tenant.GetAsync("/api/video/rooms")),
            ("ICE servers", () => tenant.GetAsync("/api/webrtc/config")),
            ("agents", () => tenant.GetAsync("/api/companions")),
        ];
        var averages = new List<double>();
        foreach (var (_, send) in kinds)
        {
            (await send()).EnsureSuccessStatusCode();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Requests; i++) (await send()).Dispose();
            averages.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / Requests);
        }

        var each = string.Join(", ", kinds.Zip(averages, (kind, average) => $"{kind.Name} {average:0.0}"));
        Console.WriteLine($"a request: average {averages.Average():0.0} ms; {each}");
        return averages.Average();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var http in _tenants) http.Dispose();
        await _process.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task<JsonElement> PostAsync(HttpClient tenant, string path, object body)
    {
        using var response = await tenant.PostAsJsonAsync(path, body);
        if (response.IsSuccessStatusCode) return await response.Content.ReadFromJsonAsync<JsonElement>();
        throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }
}

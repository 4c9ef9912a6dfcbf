using System.Text.Json;
using Microsoft.Playwright;

namespace Widget.Benchmarks.Rooms;

/// <summary>
/// Calls between two Chromium browsers with simulated cameras and microphones, on one machine, without a network between them: one after
/// the other, and then some at once. Afterwards, requests of the API.
/// </summary>
internal static class BrowserCallsBenchmark
{
    private const double LongestPage = 2_000;
    private const double LongestRequest = 100;
    private const double LongestMessage = 50;
    private const double LeastConnected = 0.95;

    /// <param name="count">The number of calls one after the other.</param>
    /// <param name="atOnce">The number of calls at the same time.</param>
    /// <returns>
    /// Whether more than 95 % of the calls connected; and, one after the other, a page was usable within 2 s, a chat message took less than
    /// 50 ms and a request less than 100 ms on average.
    /// </returns>
    public static async Task<bool> RunAsync(int count, int atOnce)
    {
        await using var node = await RoomNode.StartAsync(tenants: 1);
        using var playwright = await Playwright.CreateAsync();
        await using var hosts = await LaunchAsync(playwright);
        await using var guests = await LaunchAsync(playwright);
        var call = new BrowserCall(hosts, guests);
        async Task<CallTimes> CallAsync()
        {
            var (_, host, guest) = await RoomNode.CreateRoomAsync(node.Tenants[0]);
            return await call.RunAsync(AddressOf(node, host), AddressOf(node, guest));
        }

        var inTurn = new List<CallTimes>();
        for (var i = 0; i < count; i++)
        {
            inTurn.Add(await CallAsync());
            Print($"call {i + 1}", [inTurn[i]]);
        }

        Print($"{count} calls, one after the other", inTurn);
        var together = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => CallAsync()));
        if (atOnce > 0) Print($"{atOnce} calls at once", together);
        var request = await node.MeasureRequestsAsync();
        CallTimes[] all = [.. inTurn, .. together];
        return all.Count(one => one.Failure is null) > LeastConnected * all.Length
            && AverageOf(inTurn, one => one.Pages) < LongestPage
            && AverageOf(inTurn, one => one.Messages) < LongestMessage
            && request < LongestRequest;
    }

    private static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = Environment.GetEnvironmentVariable("WIDGET_CHROMIUM") ?? "/usr/bin/chromium",
        Args =
        [
            "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            // These features load two extra pages for the address bar of every window.
            "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
        ],
    });

    private static string AddressOf(RoomNode node, JsonElement link) => $"{node.Address}meet/{link.GetProperty("token").GetString()}";

    private static void Print(string name, IReadOnlyList<CallTimes> calls)
    {
        Console.WriteLine($"{name}: {calls.Count(call => call.Failure is null)}/{calls.Count} connected");
        foreach (var failed in calls.Where(call => call.Failure is not null)) Console.WriteLine($"  not connected: {failed.Failure}");
        Print("page usable", calls, call => call.Pages);
        Print("the other's picture", calls, call => call.Pictures);
        Print("a chat message", calls, call => call.Messages);
    }

    private static void Print(string name, IReadOnlyList<CallTimes> calls, Func<CallTimes, IReadOnlyList<double>> times)
    {
        double[] sorted = [.. calls.SelectMany(times).Order()];
        if (sorted.Length == 0) return;
        Console.WriteLine(
            $"  {name}: average {sorted.Average():0} ms, p50 {sorted[sorted.Length / 2]:0} ms, "
                + $"p95 {sorted[sorted.Length * 95 / 100]:0} ms, slowest {sorted[^1]:0} ms");
    }

    private static double AverageOf(IReadOnlyList<CallTimes> calls, Func<CallTimes, IReadOnlyList<double>> times) =>
        calls.SelectMany(times).DefaultIfEmpty(double.PositiveInfinity).Average();
}

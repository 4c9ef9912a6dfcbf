using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Widget.Api.Tests.Fixtures;

internal static class ServerSentEvents
{
    /// <summary>A response's events, as they arrive.</summary>
    public static async IAsyncEnumerable<(string Event, string Id, T Data)> ReadEventsAsync<T>(this HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        await foreach (var item in parser.EnumerateAsync())
            yield return (item.EventType, parser.LastEventId, JsonSerializer.Deserialize<T>(item.Data, TestTenant.Json)!);
    }
}

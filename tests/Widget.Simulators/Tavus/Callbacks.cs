using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>A callback and its outcome.</summary>
/// <param name="Status">The HTTP status of the receiver; null when it did not answer or the callback was dropped.</param>
public sealed record DeliveredCallback(string EventType, int? Status, bool Lost);

/// <summary>
/// Sends callbacks to a call's callback_url the way networks do: late, twice, out of order or not at all. Unsigned, and never retried.
/// </summary>
internal sealed class Callbacks(SimulatedTavus tavus, SimulatedConversation conversation)
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>All events, whether sent or not: what a verbose GET returns.</summary>
    public ConcurrentQueue<JsonElement> Events { get; } = [];

    public ConcurrentQueue<DeliveredCallback> Delivered { get; } = [];

    public void Post(string eventType, JsonObject properties)
    {
        var messageType = eventType[..eventType.IndexOf('.', StringComparison.Ordinal)];
        var timestamp = SimulatedTavus.Now();
        var entry = JsonSerializer.SerializeToElement(new JsonObject
        {
            ["event_type"] = eventType,
            ["message_type"] = messageType,
            ["timestamp"] = timestamp,
            ["properties"] = properties.DeepClone(),
        });
        Events.Enqueue(entry);
        tavus.Journal.Happened(conversation.Id, entry);
        if (conversation.TextOf("callback_url") is not { } url) return;

        var body = new JsonObject
        {
            ["message_type"] = messageType,
            ["event_type"] = eventType,
            ["conversation_id"] = conversation.Id,
            ["webhook_url"] = url,
            ["timestamp"] = timestamp,
            ["properties"] = properties,
        }.ToJsonString();
        var behavior = tavus.Behavior;
        for (var copy = 0; copy <= behavior.DuplicateCallbacks; copy++)
        {
            if (tavus.Chance() < behavior.CallbackLoss)
            {
                Delivered.Enqueue(new DeliveredCallback(eventType, null, Lost: true));
                continue;
            }

            var wait = TimeSpan.FromMilliseconds(behavior.CallbackDelayMs + (behavior.ShuffleCallbacks ? tavus.Chance() * 400 : 0));
            lock (_lock) _last = SendAsync(behavior.ShuffleCallbacks ? Task.CompletedTask : _last, wait, url, eventType, body);
        }
    }

    private async Task SendAsync(Task before, TimeSpan wait, string url, string eventType, string body)
    {
        await Task.Yield();
        await before;
        await Task.Delay(wait);
        int? status = null;
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await tavus.Out.PostAsync(url, content);
            status = (int)response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // Failed callbacks are not retried.
        }

        Delivered.Enqueue(new DeliveredCallback(eventType, status, Lost: false));
    }
}

namespace Widget.Simulators.Tavus;

/// <summary>
/// Finds rooms for the page at <see cref="SimulatedConversation.Url"/> (<c>/tavus/rooms/{id}</c>). Inject it into an endpoint:
/// <code>
/// routes.Map("/tavus/rooms/{id}/socket", async (string id, HttpContext http, TavusRooms rooms) =>
/// {
///     if (rooms.Find(id) is not { IsActive: true } call) { http.Response.StatusCode = 404; return; }
///     var events = call.WatchAsync(http.RequestAborted);                          // before joining: nothing is missed
///     if (!call.ParticipantJoined(participant, token)) { http.Response.StatusCode = 403; return; }
///     await foreach (var happened in events) …                                    // Tavus → page, ends with the call
///     … call.Received(message) for each app-message of the page …                 // page → Tavus
///     call.ParticipantLeft(participant);
/// });
/// </code>
/// </summary>
public sealed class TavusRooms(SimulatedTavus tavus)
{
    /// <summary>The call with this id, active or not; null when there never was one.</summary>
    public SimulatedConversation? Find(string id) => tavus.FindConversation(id);
}

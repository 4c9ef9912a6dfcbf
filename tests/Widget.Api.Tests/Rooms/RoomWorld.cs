using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Rooms;

/// <summary>Rooms of a tenant.</summary>
internal static class RoomWorld
{
    public static async Task<Room> CreateRoomAsync(this HttpClient client, object? request = null)
    {
        var response = await client.PostAsJsonAsync("/api/video/rooms", request ?? new { waitingRoom = false });
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<Room>(TestTenant.Json))!;
    }

    public static async Task<RoomLink> LinkAsync(this HttpClient client, string room, string role = "guest", string? name = null)
    {
        var response = await client.PostAsJsonAsync($"/api/video/rooms/{room}/links", new { role, name });
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<RoomLink>(TestTenant.Json))!;
    }

    public static async Task<Room> RoomAsync(this HttpClient client, string room) =>
        (await client.GetFromJsonAsync<Room>($"/api/video/rooms/{room}", TestTenant.Json))!;

    public static Task<HttpResponseMessage> ActAsync(this HttpClient client, string room, string action, object? body = null) =>
        client.PostAsJsonAsync($"/api/video/rooms/{room}/{action}", body ?? new { });
}

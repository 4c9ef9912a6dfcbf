using System.Diagnostics;
using System.Text.Json;
using Widget.Platform.Database;

namespace Widget.Api.Tests.Rooms;

public sealed class RoomTrafficShould(ApiFixture api)
{
    private const int RoomsOfEachTenant = 6;

    [Fact]
    public async Task Keep_the_messages_of_many_rooms_apart()
    {
        var tenants = await Task.WhenAll(TestTenant.CreateAsync(api), TestTenant.CreateAsync(api));

        var calls = await Task.WhenAll(tenants.SelectMany(tenant => Enumerable.Range(0, RoomsOfEachTenant).Select(_ => CallAsync(tenant))));

        var canaries = calls.Select(call => call.Canary).ToList();
        canaries.Distinct().Count().ShouldBe(2 * RoomsOfEachTenant);
        foreach (var call in calls)
        {
            foreach (var client in new[] { call.Host, call.Guest })
            {
                var received = JsonSerializer.Serialize(client.Updates);
                received.ShouldContain(call.Canary);
                canaries.Where(canary => canary != call.Canary).ShouldAllBe(other => !received.Contains(other));
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Be_created_by_more_callers_at_once_than_the_node_has_connections()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var rooms = await Task.WhenAll(
            Enumerable.Range(0, 2 * ApplicationDataSource.MaxConnections).Select(_ => tenant.Developer.CreateRoomAsync()));

        rooms.Select(room => room.Id).Distinct().Count().ShouldBe(rooms.Length);
    }

    private async Task<(string Canary, RoomClient Host, RoomClient Guest, TimeSpan Setup)> CallAsync(TestTenant tenant)
    {
        // The canary names the tenant and the room.
        var room = await tenant.Developer.CreateRoomAsync();
        var canary = $"canary-{tenant.Created.TenantId:N}-{room.Id}";
        var link = await tenant.Developer.LinkAsync(room.Id);
        var start = Stopwatch.GetTimestamp();
        var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token, canary);
        var guest = await RoomClient.JoinAsync(api.Node, link.Token, canary);
        await host.EventAsync("joined", guest.Id);
        await host.SignalAsync(guest.Id, $"offer {canary}");
        await guest.SignalsAsync(1);
        await guest.SignalAsync(host.Id, $"answer {canary}");
        await host.SignalsAsync(1);
        var setup = Stopwatch.GetElapsedTime(start);
        await guest.CallAsync("Chat", new { messageId = Guid.NewGuid(), text = canary });
        await host.EventAsync(entry => entry.Chat is not null, "the chat arrives");
        return (canary, host, guest, setup);
    }
}

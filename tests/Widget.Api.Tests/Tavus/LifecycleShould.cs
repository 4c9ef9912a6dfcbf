using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Testing;
using static Widget.Api.Tests.Tavus.VideoTenant;

namespace Widget.Api.Tests.Tavus;

/// <summary>Calls that another framework drives.</summary>
public sealed class LifecycleShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await StartNodeAsync(api);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Open_a_call_when_a_user_joins_and_end_it_when_they_leave()
    {
        var video = await CreateAsync(api, _node);

        var joined = await SendAsync(video, "user_joined");
        var again = await SendAsync(video, "start_conversation");
        var left = await SendAsync(video, "user_left");
        var gone = await SendAsync(video, "end_conversation");

        Name(joined).ShouldBe("tavus_conversation_created");
        joined.GetProperty("conversation_url").GetString().ShouldNotBeNull();
        again.GetProperty("conversation_id").GetString().ShouldBe(joined.GetProperty("conversation_id").GetString());
        (Name(left), left.GetProperty("reason").GetString(), Name(gone))
            .ShouldBe(("tavus_conversation_ended", "left", "tavus_conversation_none"));
        await Eventually.TrueAsync(async () => (await video.CallsAsync()) is [{ Status: "ended", EndCalls: 1 }], "the call is ended");
    }

    [Fact]
    public async Task Open_a_new_call_for_a_user_who_returns()
    {
        var video = await CreateAsync(api, _node);
        var first = await SendAsync(video, "user_joined");
        await SendAsync(video, "user_left");

        var second = await SendAsync(video, "user_joined");

        second.GetProperty("conversation_id").GetString().ShouldNotBe(first.GetProperty("conversation_id").GetString());
    }

    [Fact]
    public async Task Stream_the_events_over_the_hub()
    {
        var video = await CreateAsync(api, _node);
        await using var hub = await HubClient.ConnectAsync(_node, "/hubs/tavus", video.Tenant.Created.ApiKey, Ct);
        await hub.StreamAsync("1", "Follow", "u1");
        await using var told = hub.ItemsAsync<JsonElement>("1").GetAsyncEnumerator(Ct);
        await using var other = await HubClient.ConnectAsync(_node, "/hubs/tavus", video.Tenant.Created.ApiKey, Ct);

        var next = told.MoveNextAsync();
        await other.InvokeAsync("2", "Command", new { name = "user_joined", userId = "u1" });
        Name(await other.ResultAsync<JsonElement>("2")).ShouldBe("tavus_conversation_created");

        (await next).ShouldBeTrue();
        Name(told.Current).ShouldBe("tavus_conversation_created");
        told.Current.GetProperty("conversation_url").GetString().ShouldNotBeNull();
        (await told.MoveNextAsync()).ShouldBeTrue();
        Name(told.Current).ShouldBe("tavus_conversation_joined");
        await other.InvokeAsync("3", "Command", new { name = "end_conversation", userId = "u1" });
        (await told.MoveNextAsync()).ShouldBeTrue();
        (Name(told.Current), told.Current.GetProperty("reason").GetString()).ShouldBe(("tavus_conversation_ended", "developer"));
    }

    [Fact]
    public async Task Explain_what_is_wrong_with_a_command()
    {
        var video = await CreateAsync(api, _node, new { });

        var refused = await video.Tenant.Developer.PostAsJsonAsync("/api/tavus/lifecycle", new { name = "user_joined", userId = "u1" }, Ct);
        var unknown = await video.Tenant.Developer.PostAsJsonAsync("/api/tavus/lifecycle", new { name = "dance", userId = "u1" }, Ct);
        var nameless = await video.Tenant.Developer.PostAsJsonAsync("/api/tavus/lifecycle", new { userId = "u1" }, Ct);

        (refused.StatusCode, unknown.StatusCode, nameless.StatusCode)
            .ShouldBe((HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest));
    }

    private static string? Name(JsonElement told) => told.GetProperty("name").GetString();

    private static async Task<JsonElement> SendAsync(VideoTenant video, string command)
    {
        var response = await video.Tenant.Developer.PostAsJsonAsync("/api/tavus/lifecycle", new { name = command, userId = "u1" }, Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }
}

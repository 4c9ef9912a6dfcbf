using System.Net;
using System.Net.Http.Json;
using Widget.Api.Limits;
using Widget.Api.Tests.Tavus;

namespace Widget.Api.Tests.Limits;

public sealed class CallbackLimitsShould(ApiFixture api)
{
    private const int Allowed = 5;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Count_callbacks_only_when_their_token_is_not_valid()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            tavusApi: api.Simulator.TavusApi,
            video: VideoTenant.Quick,
            limits: LimitOptions.None.With(Limit.Anonymous, new Rate(Allowed, TimeSpan.FromHours(1))));
        var video = await VideoTenant.CreateAsync(
            api,
            node,
            behavior: new { replicaJoinsAfter = 0.1, postCallSeconds = 600, callbackLoss = 1 });
        await VideoTenant.OpenAsync(await video.Tenant.VisitAsync());
        var callback = new Uri((await video.CallsAsync()).Single().RequestBody.GetProperty("callback_url").GetString()!);

        var known = await CallAsync(callback, times: Allowed * 3);
        var guessed = await CallAsync(new Uri(callback, "made-up"), times: Allowed * 2);

        known.ShouldAllBe(status => status == HttpStatusCode.OK);
        guessed.ShouldBe([
            .. Enumerable.Repeat(HttpStatusCode.NotFound, Allowed),
            .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, Allowed),
        ]);
    }

    private static async Task<IReadOnlyList<HttpStatusCode>> CallAsync(Uri callback, int times)
    {
        using var tavus = new HttpClient();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < times; i++)
        {
            using var answer = await tavus.PostAsJsonAsync(callback, new { event_type = "system.replica_joined" }, Ct);
            statuses.Add(answer.StatusCode);
        }

        return statuses;
    }
}

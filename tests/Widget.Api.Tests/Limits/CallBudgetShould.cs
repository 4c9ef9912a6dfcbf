using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Tests.Tavus;
using Widget.Api.Tests.Voice;
using Widget.Contracts;

namespace Widget.Api.Tests.Limits;

/// <summary>Once the month's budget is used up, no calls can be started, but visitors can still write.</summary>
public sealed class CallBudgetShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await api.Voice.ResetAsync();
        _node = await ApiNode.StartAsync(api.Database, tavusApi: api.Simulator.TavusApi, video: VideoTenant.Quick, voice: api.Voice.OpenAI);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Open_no_calls_once_a_ceiling_is_reached()
    {
        var video = await VideoTenant.CreateAsync(
            api,
            _node,
            new { useTavusVideo = true, tavusReplicaId = VideoTenant.Replica, voice = new { enabled = true } });
        var before = await video.Tenant.VisitAsync();
        var reached = new
        {
            useTavusVideo = true,
            tavusReplicaId = VideoTenant.Replica,
            voice = new { enabled = true },
            budget = new { monthlyTokens = 0 },
        };
        (await video.Tenant.Developer.PutAsJsonAsync("/api/settings", reached, Ct)).EnsureSuccessStatusCode();
        var visitor = await video.Tenant.VisitAsync();

        using var voice = await VoiceTenant.OpenAsync(visitor, SpokenCall.Offer);
        using var avatar = await VideoTenant.AskForCallAsync(visitor);
        var answer = await visitor.AskAsync("Hello");

        before.Session.Config.Modes.ShouldBe(["text", "speech", "voice", "video"], ignoreOrder: true);
        visitor.Session.Config.Modes.ShouldBe(["text", "speech"]);
        foreach (var refused in new[] { voice, avatar })
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Ct);
            problem.GetProperty("code").GetString().ShouldBe("budget_reached");
            problem.GetProperty("title").GetString().ShouldBe("Calls aren't available right now. You can write to us here.");
        }

        answer.Outcome.ShouldBe(AnswerOutcome.Answered);
    }

    [Fact]
    public async Task Refuse_voice_calls_with_an_unknown_price_under_a_ceiling_on_spend()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        var settings = new { voice = new { enabled = true }, budget = new { monthlyModelSpend = 5 } };
        (await tenant.Developer.PutAsJsonAsync("/api/settings", settings, Ct)).EnsureSuccessStatusCode();

        using var refused = await VoiceTenant.OpenAsync(await tenant.VisitAsync(), SpokenCall.Offer);

        refused.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
        (await refused.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("code").GetString().ShouldBe("price_unknown");
    }
}

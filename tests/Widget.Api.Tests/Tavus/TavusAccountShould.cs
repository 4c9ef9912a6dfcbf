using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Widget.Api.Tenancy;
using Widget.Contracts;

namespace Widget.Api.Tests.Tavus;

/// <summary>The key at Tavus and the connection test.</summary>
public sealed class TavusAccountShould(TavusWorld world) : IClassFixture<TavusWorld>
{
    [Fact]
    public async Task Keep_a_key_that_tavus_accepts_and_never_show_it()
    {
        var tenant = await world.TenantAsync(shared: true);
        (await KeyAsync(tenant)).Source.ShouldBe(TavusKeySource.Platform);
        var key = $"tv-{Guid.NewGuid():N}";
        await world.AccountAsync(key);

        var saved = await tenant.Developer.PutAsJsonAsync("/api/tavus/key", new { key });

        var body = await saved.Content.ReadAsStringAsync();
        saved.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        body.ShouldNotContain(key);
        var state = await KeyAsync(tenant);
        (state.Source, state.Hint, state.UpdatedAt is not null).ShouldBe((TavusKeySource.Own, key[^4..], true));
        (await world.Node.Service<TenantSecrets>().ReadAsync(tenant.Id, TenantSecrets.TavusKey, TestContext.Current.CancellationToken))
            .ShouldBe(key);
        world.Node.Log.Lines.ShouldNotContain(line => line.Contains(key));

        (await tenant.Developer.DeleteAsync("/api/tavus/key")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await KeyAsync(tenant)).Source.ShouldBe(TavusKeySource.Platform);
        await (await tenant.Developer.DeleteAsync("/api/tavus/key")).ShouldBeProblemAsync(
            HttpStatusCode.NotFound,
            "The tenant has no own Tavus key.");
    }

    [Theory]
    [InlineData("no-such-key", "Tavus does not accept this key.")]
    [InlineData("short", "A key must have 8 to 500 characters.")]
    [InlineData("with a space", "A key must not contain spaces")]
    public async Task Refuse_a_key_that_is_none(string key, string words)
    {
        var tenant = await world.TenantAsync(shared: true);

        var refused = await tenant.Developer.PutAsJsonAsync("/api/tavus/key", new { key });

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadFromJsonAsync<JsonObject>())!["title"]!.GetValue<string>().ShouldStartWith(words);
        (await KeyAsync(tenant)).Source.ShouldBe(TavusKeySource.Platform);
    }

    [Fact]
    public async Task Keep_a_key_that_cannot_be_checked_and_say_so()
    {
        var tenant = await world.TenantAsync(shared: true);
        var key = $"tv-{Guid.NewGuid():N}";
        await world.Simulator.Control.PostAsJsonAsync(
            "/control/tavus/faults",
            new { on = "*", mode = "status", status = 503, times = 9, account = key });

        var saved = await tenant.Developer.PutAsJsonAsync("/api/tavus/key", new { key });

        var state = (await saved.Content.ReadFromJsonAsync<TavusKeyState>(TestTenant.Json))!;
        state.Words.ShouldStartWith("The key is saved but could not be checked.");
        (await KeyAsync(tenant)).Source.ShouldBe(TavusKeySource.Own);
    }

    [Fact]
    public async Task Say_of_each_thing_how_it_stands_and_what_to_do()
    {
        var tenant = await world.TenantAsync();
        var before = await TestAsync(tenant);
        before.Ok.ShouldBeFalse();
        before.Checks.Select(check => (check.Name, check.Ok)).ShouldBe(
            [
                ("key", true),
                ("key_accepted", true),
                ("replica", false),
                ("persona", false),
                ("public_address", false),
                ("video", false),
                ("budget", true),
                ("knowledge", true),
            ]);
        before.Checks.Where(check => !check.Ok).ShouldAllBe(
            check => check.Words.Contains("Set ")
                || check.Words.Contains("set ")
                || check.Words.Contains("Switch ")
                || check.Words.Contains("POST "));
        before.Checks.Single(check => check.Name == "public_address").Words.ShouldContain("https");

        await tenant.SetAsync(
            settings =>
            {
                settings["useTavusVideo"] = true;
                settings["tavusReplicaId"] = VideoTenant.Replica;
                settings["tavusPersonaId"] = "p5d11710002a";
                settings["tavusMonthlyMinutes"] = 0;
            });
        var after = await TestAsync(tenant);
        after.Checks.Where(check => !check.Ok).Select(check => check.Name).ShouldBe(["public_address", "budget"]);
        after.Checks.Single(check => check.Name == "replica").Words.ShouldBe("The replica Anna is trained.");

        var replica = await tenant.SendAsync(
            HttpMethod.Post,
            "replicas",
            new { replica_name = "New", train_video_url = "https://videos.example/new.mp4" });
        var training = replica!["replica_id"]!.GetValue<string>();
        await tenant.SetAsync(settings => (settings["tavusReplicaId"], settings["tavusPersonaId"]) = (training, "pnone"));
        var wrong = await TestAsync(tenant);
        wrong.Checks.Single(check => check.Name == "persona").Words.ShouldContain("The account has no persona pnone.");
    }

    [Fact]
    public async Task Check_nothing_at_tavus_with_a_key_that_is_not_accepted()
    {
        var tenant = await world.TenantAsync(new { useTavusVideo = true, tavusReplicaId = VideoTenant.Replica });
        await world.Node.Service<TenantSecrets>().SaveAsync(
            tenant.Id,
            TenantSecrets.TavusKey,
            "revoked-key",
            TestContext.Current.CancellationToken);

        var report = await TestAsync(tenant);

        report.Checks.Single(check => check.Name == "key_accepted").Words.ShouldStartWith("Tavus does not accept the key.");
        report.Checks.Single(check => check.Name == "replica").Words.ShouldBe("Not checked, because Tavus cannot be called.");
    }

    [Fact]
    public async Task Require_an_api_key()
    {
        using var nobody = world.Node.Client();
        foreach (var path in (string[])["key", "test", "knowledge", "knowledge/publish", "replicas", "personas", "voices"])
            (await nobody.GetAsync($"/api/tavus/{path}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<TavusKeyState> KeyAsync(TavusTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<TavusKeyState>("/api/tavus/key", TestTenant.Json))!;

    private static async Task<TavusTestReport> TestAsync(TavusTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<TavusTestReport>("/api/tavus/test", TestTenant.Json))!;
}

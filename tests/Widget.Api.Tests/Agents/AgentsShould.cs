using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Agents;

public sealed class AgentsShould(ApiFixture api)
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_added_changed_and_deleted()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var added = await AddAsync(tenant, new { name = "Ada", tags = new[] { "bikes", "Bikes", "repairs" }, age = 36, voiceId = "v1" });
        (added.Name, added.Age, added.Listed, added.VoiceId).ShouldBe(("Ada", 36, true, "v1"));
        added.Tags.ShouldBe(["bikes", "repairs"]);

        var changed = await tenant.Developer.PatchAsJsonAsync(
            $"/api/agents/{added.Id}",
            new { name = "Grace", voiceId = (string?)null, listed = false },
            Ct);
        var agent = (await changed.Content.ReadFromJsonAsync<Agent>(Ct))!;
        (agent.Name, agent.VoiceId, agent.Age, agent.Listed).ShouldBe(("Grace", null, 36, false));

        (await tenant.Developer.DeleteAsync($"/api/agents/{added.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await tenant.Developer.GetAsync($"/api/agents/{added.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"tags":[""]}""")]
    [InlineData("""{"age":"old"}""")]
    [InlineData("""{"colour":"red"}""")]
    [InlineData("""{"portraitUrl":"http://pictures.example/a.png"}""")]
    [InlineData("""[]""")]
    public async Task Refuse_a_wrong_change(string change)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var added = await AddAsync(tenant, new { name = "Ada" });
        using var body = new StringContent(change, MediaTypeHeaderValue.Parse("application/json"));

        var response = await tenant.Developer.PatchAsync($"/api/agents/{added.Id}", body, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await response.Content.ReadAsStringAsync(Ct));
        (await tenant.Developer.GetFromJsonAsync<Agent>($"/api/agents/{added.Id}", Ct))!.Name.ShouldBe("Ada");
    }

    [Fact]
    public async Task Be_found_by_words_and_tags_page_by_page()
    {
        var tenant = await TestTenant.CreateAsync(api);
        foreach (var name in (string[])["Zoe", "ada", "Ben", "Carl", "Dora"])
            await AddAsync(tenant, new { name, description = $"{name} repairs bikes", tags = name is "ada" or "Zoe" ? new[] { "Brakes" } : [] });
        var other = await TestTenant.CreateAsync(api);

        var first = await ListAsync(tenant, "?limit=2");
        var second = await ListAsync(tenant, $"?limit=2&after={Uri.EscapeDataString(first.Next!)}");
        var third = await ListAsync(tenant, $"?limit=2&after={Uri.EscapeDataString(second.Next!)}");

        first.Items.Concat(second.Items).Concat(third.Items).Select(agent => agent.Name).ShouldBe(["ada", "Ben", "Carl", "Dora", "Zoe"]);
        (first.Total, third.Next).ShouldBe((5, null));
        (await ListAsync(tenant, "?tag=brakes")).Items.Select(agent => agent.Name).ShouldBe(["ada", "Zoe"]);
        (await ListAsync(tenant, "?search=BIKES%20zo")).Items.Select(agent => agent.Name).ShouldBe(["Zoe"]);
        (await ListAsync(other, "")).Total.ShouldBe(0);
        (await tenant.Developer.GetAsync("/api/agents?after=x", Ct)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await tenant.Developer.GetAsync("/api/agents?limit=0", Ct)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Have_a_portrait_that_is_uploaded()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var added = await AddAsync(tenant, new { name = "Ada", portraitUrl = "https://pictures.example/ada.png" });
        added.Portrait.ShouldBe("https://pictures.example/ada.png");

        (await UploadAsync(tenant, added.Id, "<svg onload='x'/>"u8.ToArray())).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var uploaded = await (await UploadAsync(tenant, added.Id, Png)).Content.ReadFromJsonAsync<Agent>(Ct);

        uploaded!.Portrait!.ShouldStartWith($"/agents/{tenant.Created.Slug}/portraits/");
        using var stranger = api.Node.Client();
        var picture = await stranger.GetAsync(uploaded.Portrait, Ct);
        picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await picture.Content.ReadAsByteArrayAsync(Ct)).ShouldBe(Png);
        var other = await TestTenant.CreateAsync(api);
        (await stranger.GetAsync(uploaded.Portrait.Replace(tenant.Created.Slug, other.Created.Slug, StringComparison.Ordinal), Ct))
            .StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await tenant.Developer.DeleteAsync($"/api/agents/{added.Id}/portrait", Ct)).EnsureSuccessStatusCode();
        (await stranger.GetAsync(uploaded.Portrait, Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Be_browsed_on_a_page_if_visitors_may_choose()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var ada = await AddAsync(tenant, new { name = "Ada <b>", description = "Repairs bikes", tags = new[] { "brakes" } });
        await AddAsync(tenant, new { name = "Unlisted", listed = false });
        using var client = api.Node.Client();
        (await client.GetAsync($"/agents/{tenant.Created.Slug}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await SetAsync(tenant, new { visitorsChoose = true });

        var page = await client.GetStringAsync($"/agents/{tenant.Created.Slug}", Ct);
        var found = await client.GetStringAsync($"/agents/{tenant.Created.Slug}?search=chess", Ct);

        page.ShouldContain("Ada &lt;b&gt;");
        page.ShouldContain($"/widget/{tenant.Created.Slug}?agent={ada.Id}");
        page.ShouldContain("Our usual assistant");
        page.ShouldNotContain("Unlisted");
        found.ShouldContain("No assistant matches your search.");
    }

    internal static async Task<Agent> AddAsync(TestTenant tenant, object agent)
    {
        var response = await tenant.Developer.PostAsJsonAsync("/api/agents", agent, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<Agent>(Ct))!;
    }

    internal static async Task SetAsync(TestTenant tenant, object agents) =>
        (await tenant.Developer.PutAsJsonAsync("/api/settings", new { agents }, Ct)).EnsureSuccessStatusCode();

    private static async Task<AgentPage> ListAsync(TestTenant tenant, string query) =>
        (await tenant.Developer.GetFromJsonAsync<AgentPage>($"/api/agents{query}", Ct))!;

    private static async Task<HttpResponseMessage> UploadAsync(TestTenant tenant, Guid agent, byte[] content)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", "portrait.png" } };
        return await tenant.Developer.PutAsync($"/api/agents/{agent}/portrait", form, Ct);
    }
}

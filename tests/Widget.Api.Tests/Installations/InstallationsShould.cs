using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Installations;

public sealed class InstallationsShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Say_where_the_tag_was_loaded_and_the_chat_was_opened()
    {
        var tenant = await TestTenant.CreateAsync(api);

        await LoadAsync(tenant, "https://elsewhere.example");
        await OpenAsync(tenant, TestTenant.Origin, $"{TestTenant.Origin}/prices?name=ada");

        var report = await tenant.Developer.GetFromJsonAsync<InstallationReport>("/api/settings/installations", TestTenant.Json, Ct);
        report!.Sites.Select(site => (site.Origin, site.Page, site.Allowed)).ShouldBe(
            [
                (TestTenant.Origin, $"{TestTenant.Origin}/prices", true),
                ("https://elsewhere.example", null, false),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Keep_a_limited_number_of_sites()
    {
        var tenant = await TestTenant.CreateAsync(api);

        for (var i = 0; i < 55; i++) await LoadAsync(tenant, $"https://site{i}.example");

        var report = await tenant.Developer.GetFromJsonAsync<InstallationReport>("/api/settings/installations", TestTenant.Json, Ct);
        report!.Sites.Count.ShouldBe(50);
    }

    [Fact]
    public async Task Let_a_site_key_be_replaced_but_never_leave_the_tenant_without_one()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var only = tenant.Created.SiteKey;

        var refused = await tenant.Developer.DeleteAsync($"/api/settings/site-keys/{only}", Ct);
        await refused.ShouldBeProblemAsync(HttpStatusCode.Conflict, "This is the only site key. Make a new one first.");

        var made = await (await tenant.Developer.PostAsync("/api/settings/site-keys", null, Ct)).Content.ReadFromJsonAsync<SiteKeyInfo>(Ct);
        (await tenant.Developer.DeleteAsync($"/api/settings/site-keys/{only}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var keys = await tenant.Developer.GetFromJsonAsync<SiteKeyList>("/api/settings/site-keys", Ct);
        keys!.Keys.Select(key => key.Key).ShouldBe([made!.Key]);
        keys.ScriptUrl.ShouldEndWith("/widget.js");
    }

    [Fact]
    public async Task Show_a_preview_only_at_an_address_that_staff_has_been_given()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var given = await tenant.Developer.PostAsync("/api/settings/preview", null, Ct);
        var preview = await given.Content.ReadFromJsonAsync<WidgetPreview>(Ct);
        using var visitor = api.Node.Client();

        var page = await visitor.GetStringAsync(new Uri(preview!.Url).PathAndQuery, Ct);
        page.ShouldContain(tenant.Created.SiteKey);

        (await visitor.GetAsync(new Uri(preview.Url).PathAndQuery + "x", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task LoadAsync(TestTenant tenant, string origin)
    {
        using var client = api.Node.Client();
        client.DefaultRequestHeaders.Add("Origin", origin);
        (await client.GetAsync($"/api/widget/appearance?key={tenant.Created.SiteKey}", Ct)).EnsureSuccessStatusCode();
    }

    private async Task OpenAsync(TestTenant tenant, string origin, string page)
    {
        using var client = api.Node.Client();
        client.DefaultRequestHeaders.Add("Origin", origin);
        (await client.PostAsJsonAsync("/api/widget/session", new { siteKey = tenant.Created.SiteKey, page }, Ct)).EnsureSuccessStatusCode();
    }
}

using System.Net;
using System.Net.Http.Json;
using Widget.Api.Operations;
using Widget.Contracts;

namespace Widget.Api.Tests.Boundary;

/// <summary>With an empty list of allowed origins, the widget opens only on its hosted page.</summary>
public sealed class AllowedOriginsShould(ApiFixture api)
{
    [Fact]
    public async Task Allow_only_the_hosted_page_if_the_list_is_empty()
    {
        var created = await new TenantAdministration(api.Database.OwnerSource).CreateAsync(
            $"t{Guid.NewGuid():N}",
            "Harbor Bikes",
            [],
            CancellationToken.None);
        var tenant = new TestTenant(api.Node, created);

        (await tenant.Developer.GetFromJsonAsync<AllowedOrigins>("/api/settings/origins"))!.Origins.ShouldBeEmpty();
        await OnlyHostedPageAsync(tenant);
    }

    [Fact]
    public async Task Refuse_other_sites_after_the_list_is_emptied()
    {
        var tenant = await TestTenant.CreateAsync(api);
        (await OpenAsync(tenant, TestTenant.Origin)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await OpenAsync(tenant, null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await tenant.Developer.PutAsJsonAsync("/api/settings/origins", new { origins = Array.Empty<string>() })).StatusCode.ShouldBe(
            HttpStatusCode.OK);

        await OnlyHostedPageAsync(tenant);
    }

    [Theory]
    [InlineData("{}", "origins")]
    [InlineData("""{"origin": ["https://shop.example"]}""", "origin")]
    [InlineData("""{"origins": null}""", "origins")]
    public async Task Not_be_emptied_by_a_request_without_the_list(string body, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        using var origins = new StringContent(body, null, "application/json");
        await (await tenant.Developer.PutAsync("/api/settings/origins", origins)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: field);

        (await tenant.Developer.GetFromJsonAsync<AllowedOrigins>("/api/settings/origins"))!.Origins.ShouldBe([TestTenant.Origin]);
    }

    private async Task OnlyHostedPageAsync(TestTenant tenant)
    {
        await (await OpenAsync(tenant, TestTenant.Origin)).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden,
            "The widget of Harbor Bikes is not allowed on https://shop.example. Its owner can add this site to the allowed origins.");
        await (await OpenAsync(tenant, "null")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        // A program sends no origin. It is refused, too, because no site is allowed.
        await (await OpenAsync(tenant, null)).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden, "Harbor Bikes allows no web sites, so its widget opens on its hosted page only.");
        (await OpenAsync(tenant, api.Node.Address.GetLeftPart(UriPartial.Authority))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpResponseMessage> OpenAsync(TestTenant tenant, string? origin)
    {
        using var client = api.Node.Client();
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/api/widget/session")
        { Content = JsonContent.Create(new { siteKey = tenant.Created.SiteKey }) };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await client.SendAsync(request);
    }
}

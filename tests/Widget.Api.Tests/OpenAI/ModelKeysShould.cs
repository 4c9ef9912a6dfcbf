using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.OpenAI;

/// <summary>The keys of the OpenAI-compatible endpoint.</summary>
public sealed class ModelKeysShould(ApiFixture api) : CompletionsTest(api)
{
    [Fact]
    public async Task Accept_model_keys_which_are_valid_nowhere_else()
    {
        var key = await KeyAsync();
        using var withHeader = Node.Client();
        withHeader.DefaultRequestHeaders.Add("X-API-Key", key.Key);
        using var developerByHeader = Node.Client();
        developerByHeader.DefaultRequestHeaders.Add("X-API-Key", Tenant.Created.ApiKey);
        using var elsewhere = Node.Client(key.Key);
        using var nobody = Node.Client();

        (await withHeader.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Tenant.Developer.GetAsync("/v1/models/widget")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await nobody.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await elsewhere.GetAsync("/v1/nothing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var path in new[] { "/api/settings", "/api/tools", "/api/keys/model" })
        {
            (await elsewhere.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await developerByHeader.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await elsewhere.PostAsJsonAsync("/api/tavus/tool", new { name = "search_knowledge" })).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
        (await Tenant.Developer.GetFromJsonAsync<ModelKeyInfo[]>("/api/keys/model", TestTenant.Json))!
            .ShouldContain(info => info.Id == key.Id && key.Key.StartsWith(info.Prefix));
        (await Tenant.Developer.DeleteAsync($"/api/keys/model/{key.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Tenant.Developer.DeleteAsync($"/api/keys/model/{key.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await elsewhere.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}

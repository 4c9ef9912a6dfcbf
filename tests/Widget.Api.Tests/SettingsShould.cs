using System.Net;
using System.Net.Http.Json;

namespace Widget.Api.Tests;

public sealed class SettingsShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\u200B\u00AD")]
    public async Task Refuse_a_name_that_nobody_sees(string name)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PutAsJsonAsync("/api/settings", new { agentName = name }, Ct);

        await response.ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "agentName must have 1 to 60 characters. Leave it out for \"Assistant\".",
            "agentName");
    }

    [Fact]
    public async Task Refuse_a_tool_that_is_listed_twice()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PutAsJsonAsync(
            "/api/settings",
            new { tools = new[] { "search_knowledge", "search_knowledge" } },
            Ct);

        await response.ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "The tool \"search_knowledge\" is listed more than once. List each tool once.",
            "tools");
    }
}

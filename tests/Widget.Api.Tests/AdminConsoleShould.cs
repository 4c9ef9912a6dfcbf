using System.Net;
using Widget.Admin;

namespace Widget.Api.Tests;

public sealed class AdminConsoleShould(ApiFixture api)
{
    [Fact]
    public async Task Show_the_health_of_the_installation()
    {
        var page = await PageAsync(api.Node.Address);

        page.ShouldContain("The installation is healthy.");
        page.ShouldContain("chat model: not configured");
        page.ShouldContain("No language model is configured");
        page.ShouldContain($"{api.Node.Address}reference");
    }

    [Fact]
    public async Task Say_that_the_api_cannot_be_reached() =>
        (await PageAsync(new Uri("http://127.0.0.1:1"))).ShouldContain("Can't reach the API at http://127.0.0.1:1/");

    private static async Task<string> PageAsync(Uri address)
    {
        await using var console = AdminConsole.Build(["--urls=http://127.0.0.1:0"], address);
        await console.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(console.Urls.Single()) };
        return WebUtility.HtmlDecode(await client.GetStringAsync("/"));
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Selling;

public sealed class DemosShownShould(ApiFixture api) : IAsyncLifetime
{
    private TestTenant _tenant = null!;
    private DemoDetail _charging = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await TestTenant.WithKnowledgeAsync(api);
        _charging = await _tenant.AddDemoAsync(
            "Charging the battery",
            "The visitor asks how to charge the battery or where the plug is.",
            "The battery is taken out and put on the charger.");
        await _tenant.AddDemoAsync("Folding the bike", "The visitor asks how the bike is folded or whether it fits into a car.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Fit_the_question()
    {
        var visitor = await _tenant.VisitAsync();

        var first = await ShowAsync(visitor, new { clientId = "1", query = "How do I charge the battery?" });
        var again = await ShowAsync(visitor, new { clientId = "1", query = "How is the bike folded?" });
        var other = await ShowAsync(visitor, new { clientId = "2", query = "How is the bike folded?" });

        visitor.Session.Config.HasDemos.ShouldBeTrue();
        (first.Demo.Id, first.Demo.Kind, first.Demo.Url, first.Demo.Start, first.Demo.End).ShouldBe(
            (_charging.Id, DemoKindName.Video, _charging.Url, 12, 40));
        first.Demo.Title.ShouldBe("Charging the battery");
        first.Query.ShouldBe("How do I charge the battery?");
        again.Demo.ShouldBe(first.Demo);
        other.Demo.Title.ShouldBe("Folding the bike");
        (await visitor.EventsAsync()).OfType<DemoShown>().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Not_be_about_something_else()
    {
        var visitor = await _tenant.VisitAsync();

        var response = await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/demo",
            new { clientId = "1", query = "Which invoices are still unpaid?" });

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("no_demo");
        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Can you show me a demo, please?")]
    [InlineData(null)]
    public async Task Be_any_demo_when_the_visitor_asks_for_one_without_a_subject(string? query)
    {
        var visitor = await _tenant.VisitAsync();

        (await ShowAsync(visitor, new { clientId = "1", query })).Demo.Title.ShouldBe("Charging the battery");
    }

    [Fact]
    public async Task Be_chosen_by_the_visitors_last_message()
    {
        var visitor = await _tenant.VisitAsync();
        await visitor.AskAsync("How is the bike folded for the car?");

        (await ShowAsync(visitor, new { clientId = "1" })).Demo.Title.ShouldBe("Folding the bike");
    }

    [Fact]
    public async Task Appear_in_the_conversation_when_a_model_shows_one()
    {
        await _tenant.SwitchOnAsync("show_demo");
        var visitor = await _tenant.VisitAsync();
        var call = await visitor.OpenCallAsync(api, _tenant);

        var shown = (await visitor.CallToolAsync(call, "show_demo", new { query = "charging the battery" }, "1")).Succeeded();
        await visitor.CallToolAsync(call, "show_demo", new { query = "charging the battery" }, "1");
        var none = (await visitor.CallToolAsync(call, "show_demo", new { query = "unpaid invoices of the accounting" })).Succeeded();

        shown.GetProperty("shown").GetBoolean().ShouldBeTrue();
        shown.GetProperty("demo").GetProperty("title").GetString().ShouldBe("Charging the battery");
        none.GetProperty("shown").GetBoolean().ShouldBeFalse();
        (await visitor.EventsAsync()).ShouldHaveSingleItem().ShouldBeOfType<DemoShown>().Demo.Id.ShouldBe(_charging.Id);
    }

    private static async Task<DemoShown> ShowAsync(TestVisitor visitor, object request)
    {
        var response = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/demo", request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (DemoShown)(await response.Content.ReadFromJsonAsync<ConversationEvent>(TestTenant.Json))!;
    }
}

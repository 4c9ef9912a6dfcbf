using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Selling;

public sealed class PricesShould(ApiFixture api)
{
    [Fact]
    public async Task Be_added_changed_listed_and_deleted()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var added = await tenant.AddPriceAsync("Pro", 89.5m, "For teams.", ["team plan"]);
        await tenant.AddPriceAsync("Enterprise", null);

        var changed = await tenant.Developer.PutAsJsonAsync(
            $"/api/prices/{added.Id}",
            new { name = "Pro", amount = 99, currency = "EUR", per = "user and month", conditions = "At least a year.", language = "en" });

        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var listed = (await tenant.Developer.GetFromJsonAsync<PriceList>("/api/prices", TestTenant.Json))!.Prices;
        listed.Select(price => price.Name).ShouldBe(["Enterprise", "Pro"]);
        (listed[0].Amount, listed[0].Currency).ShouldBe((null, null));
        (listed[1].Amount, listed[1].Per, listed[1].Conditions).ShouldBe((99m, "user and month", "At least a year."));
        listed[1].Tags.ShouldBeEmpty();
        (await tenant.Developer.DeleteAsync($"/api/prices/{added.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await tenant.Developer.GetAsync($"/api/prices/{added.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var other = await TestTenant.CreateAsync(api);
        (await other.Developer.GetAsync($"/api/prices/{listed[0].Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.Developer.GetFromJsonAsync<PriceList>("/api/prices", TestTenant.Json))!.Prices.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"name": " "}""", "name")]
    [InlineData("""{"name": "A", "amount": 1}""", "currency")]
    [InlineData("""{"name": "A", "amount": 1, "currency": "euro"}""", "currency")]
    [InlineData("""{"name": "A", "amount": 1.005, "currency": "EUR"}""", "amount")]
    [InlineData("""{"name": "A", "amount": -1, "currency": "EUR"}""", "amount")]
    [InlineData("""{"name": "A", "url": "javascript:alert(1)"}""", "url")]
    [InlineData("""{"name": "A", "language": "german"}""", "language")]
    public async Task Be_refused_when_they_are_not_valid(string body, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PostAsync("/api/prices", new StringContent(body, null, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Fact]
    public async Task Be_shown_to_a_visitor_once_for_a_client_id()
    {
        var tenant = await TestTenant.CreateAsync(api);
        (await tenant.VisitAsync()).Session.Config.HasPrices.ShouldBeFalse();
        await tenant.AddPriceAsync("Basic", 29);
        await tenant.AddPriceAsync("Pro", 89.50m, "For teams.");
        var visitor = await tenant.VisitAsync();

        var first = await ShowAsync(visitor, new { clientId = "1", query = "What does Pro cost?" });
        var again = await ShowAsync(visitor, new { clientId = "1", query = "What does Basic cost?" });

        visitor.Session.Config.HasPrices.ShouldBeTrue();
        var item = first.Items.ShouldHaveSingleItem();
        (item.Name, item.Amount, item.Currency, item.Per, item.Description).ShouldBe(("Pro", 89.50m, "EUR", "month", "For teams."));
        again.Items.ShouldBe(first.Items);
        (await visitor.EventsAsync()).ShouldHaveSingleItem().ShouldBeOfType<PricesShown>().ClientId.ShouldBe("1");
    }

    [Fact]
    public async Task Be_chosen_by_the_visitors_last_message()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddPriceAsync("Basic", 29);
        await tenant.AddPriceAsync("Pro", 89);
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync("How much is Basic?");

        (await ShowAsync(visitor, new { clientId = "1" })).Items.ShouldHaveSingleItem().Name.ShouldBe("Basic");
    }

    [Fact]
    public async Task Not_be_shown_when_there_are_none_or_the_conversation_is_another_visitors()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        var none = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/prices", new { clientId = "1" });

        await none.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await none.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("no_prices");
        await tenant.AddPriceAsync("Basic", 29);
        var stranger = await tenant.VisitAsync();
        (await stranger.Client.PostAsJsonAsync($"{visitor.Conversation}/prices", new { clientId = "1" })).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_told_to_models_and_shown_in_the_conversation()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddPriceAsync("Pro", 89.50m);
        await tenant.AddPriceAsync("Enterprise", null);
        await tenant.SwitchOnAsync("get_pricing");
        var visitor = await tenant.VisitAsync();
        var call = await visitor.OpenCallAsync(api, tenant);

        var result = (await visitor.CallToolAsync(call, "get_pricing", new { product = "the Pro plan" }, "1")).Succeeded();
        await visitor.CallToolAsync(call, "get_pricing", new { product = "the Pro plan" }, "1");

        var price = result.GetProperty("prices").EnumerateArray().ShouldHaveSingleItem();
        price.GetProperty("amount").GetDecimal().ShouldBe(89.50m);
        price.GetProperty("currency").GetString().ShouldBe("EUR");
        (await visitor.EventsAsync()).ShouldHaveSingleItem().ShouldBeOfType<PricesShown>()
            .Items.ShouldHaveSingleItem().Name.ShouldBe("Pro");
    }

    private static async Task<PricesShown> ShowAsync(TestVisitor visitor, object request)
    {
        var response = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/prices", request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (PricesShown)(await response.Content.ReadFromJsonAsync<ConversationEvent>(TestTenant.Json))!;
    }
}

using Widget.Api.Configuration;
using Widget.Api.Usage;

namespace Widget.Api.Tests.Limits;

public sealed class ServicePricesShould
{
    [Theory]
    [InlineData("video", 90, 0, 0.555)]
    [InlineData("voice", 30, 0, 0.03)]
    [InlineData("speech", 0, 20_000, 0.3)]
    public void Count_minutes_and_characters(string kind, long seconds, long characters, double cost) =>
        Options("video=0.37, voice = 0.06, speech=15").CostOf(Use(kind, "", seconds, characters)).ShouldBe((decimal)cost);

    [Fact]
    public void Add_a_calls_minutes_to_its_tokens()
    {
        var call = Use("voice", "gpt-realtime", seconds: 60, tokens: 1_000_000);

        Options("voice=0.06", "gpt-realtime=32/64").CostOf(call).ShouldBe(96.06m);
        Options("", "gpt-realtime=32/64").CostOf(call).ShouldBe(96m);
        Options("voice=0.06").CostOf(call).ShouldBe(0.06m);
    }

    [Fact]
    public void Know_no_cost_without_a_price()
    {
        Options("").CostOf(Use("video", "", seconds: 60)).ShouldBeNull();
        Options("video=0.37").CostOf(Use("transcription", "", seconds: 60)).ShouldBeNull();
        Options("video=0.37", "gpt-5=1/2").CostOf(Use("answer", "gpt-5-mini", tokens: 10)).ShouldBeNull();
    }

    [Fact]
    public void Refuse_two_prices_for_the_same()
    {
        var variables = Given("video=1, video=2", "");

        BudgetOptions.Read(variables);

        variables.Errors.ShouldHaveSingleItem().ShouldContain("Write each price once");
    }

    [Theory]
    [InlineData("video")]
    [InlineData("video=")]
    [InlineData("video=-1")]
    [InlineData("video=1/2")]
    [InlineData("answer=1")]
    [InlineData("Video=1")]
    [InlineData("video=0.3.7")]
    public void Refuse_what_is_no_price(string text)
    {
        var variables = Given(text, "");

        BudgetOptions.Read(variables);

        variables.Errors.ShouldHaveSingleItem().ShouldContain($"WIDGET_SERVICE_PRICES contains \"{text}\"");
    }

    private static BudgetOptions Options(string services, string models = "")
    {
        var variables = Given(services, models);
        var options = BudgetOptions.Read(variables);
        variables.Errors.ShouldBeEmpty();
        return options;
    }

    private static Variables Given(string services, string models) => new(name => name switch
    {
        "WIDGET_SERVICE_PRICES" => services,
        "WIDGET_MODEL_PRICES" => models,
        _ => null,
    });

    private static UsageSum Use(string kind, string model, long seconds = 0, long characters = 0, long tokens = 0) =>
        new(kind, model, Count: 1, seconds, characters, InputTokens: tokens, OutputTokens: tokens, EstimatedTokens: 0);
}

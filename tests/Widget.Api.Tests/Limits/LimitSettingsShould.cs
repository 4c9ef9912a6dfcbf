using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Api.Limits;

namespace Widget.Api.Tests.Limits;

public sealed class LimitSettingsShould
{
    private const string Database = "Host=db;Username=widget;Database=widget";

    [Fact]
    public void Be_read_with_their_units()
    {
        var options = Read(
            ("WIDGET_LIMIT_SESSIONS", "50/30s"),
            ("WIDGET_LIMIT_API_CALLS", "off"),
            ("WIDGET_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8, ::1"));

        options.Limits.Of(Limit.Sessions).ShouldBe(new Rate(50, TimeSpan.FromSeconds(30)));
        options.Limits.Of(Limit.ApiCalls).ShouldBeNull();
        options.Limits.Of(Limit.Messages).ShouldBe(LimitOptions.Defaults[Limit.Messages]);
        options.TrustedProxies.Addresses.Count.ShouldBe(2);
        options.TrustedProxies.Networks.Single().ToString().ShouldBe("10.0.0.0/8");
    }

    [Theory]
    [InlineData("WIDGET_LIMIT_SESSIONS", "300")]
    [InlineData("WIDGET_LIMIT_MESSAGES", "0/1m")]
    [InlineData("WIDGET_LIMIT_MESSAGES", "-3/1m")]
    [InlineData("WIDGET_LIMIT_MESSAGES", "3/0m")]
    [InlineData("WIDGET_LIMIT_MESSAGES", "3/99999h")]
    [InlineData("WIDGET_TRUSTED_PROXIES", "everybody")]
    [InlineData("WIDGET_TRUSTED_PROXIES", "10.0.0.0/99")]
    public void Be_refused_with_their_name_if_invalid(string name, string value) =>
        Should.Throw<InvalidConfigurationException>(() => Read((name, value))).Errors.Single().ShouldContain($"{name} ");

    private static ServerOptions Read(params (string Name, string Value)[] variables) =>
        ServerOptions.Read(
            name => name == "WIDGET_DATABASE_APP"
                ? Database
                : variables.Where(variable => variable.Name == name).Select(variable => variable.Value).SingleOrDefault());
}

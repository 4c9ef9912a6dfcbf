using Widget.Api.Contacts;
using Widget.Contracts;

namespace Widget.Api.Tests.Contacts;

public sealed class PhoneRegionsShould
{
    [Theory]
    [InlineData("FR", "Europe/Vienna", "de", "FR,AT,DE,CH")]
    [InlineData(null, "Europe/Vienna", "de", "AT,DE,CH")]
    [InlineData(null, "Asia/Dubai", "en", "AE,US,GB")]
    [InlineData(null, null, "de-CH", "CH,DE,AT")]
    [InlineData(null, null, "de", "DE,AT,CH")]
    [InlineData(null, null, "en", "US,GB")]
    [InlineData(null, "UTC", "es", "ES,MX")]
    [InlineData(null, null, null, "US,GB")]
    public void Come_from_the_settings_the_locale_the_time_zone_or_the_language(
        string? region,
        string? zone,
        string? locale,
        string regions)
    {
        var settings = new TenantSettings
        {
            PhoneRegion = region,
            OfficeHours = zone is null ? null : new OfficeHours { TimeZone = zone },
        };

        string.Join(',', PhoneRegions.For(settings, locale, "hello")).ShouldBe(regions);
    }

    [Fact]
    public void Follow_the_language_of_the_message() =>
        PhoneRegions.For(new TenantSettings(), "en", "Bitte rufen Sie mich unter dieser Nummer an")
            .ShouldBe(["DE", "AT", "CH", "US", "GB"]);
}

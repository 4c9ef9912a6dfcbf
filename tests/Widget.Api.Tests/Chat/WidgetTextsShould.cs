using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Chat;

/// <summary>The tenant's texts, pictures and hours reach the widget, and wrong ones are refused with the field's name.</summary>
public sealed class WidgetTextsShould(ApiFixture api)
{
    [Fact]
    public async Task Reach_the_widget()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new
        {
            introduction = "I know our bikes.",
            translations = new
            {
                de = new { greeting = "Moin!", introduction = (string?)null, suggestedQuestions = new[] { "Was kostet die Lieferung?" } },
                es = new { greeting = " " },
            },
            theme = new { logoUrl = "https://shop.example/logo.svg", portraitUrl = "http://localhost:5081/jette.svg" },
            officeHours = new
            {
                timeZone = "Europe/Berlin",
                weekly = new[] { new { day = "monday", from = "09:00", to = "24:00" } },
                holidays = new[] { "2027-05-01" },
            },
            replyMinutes = 15,
        });

        var config = (await tenant.VisitAsync()).Session.Config;

        config.Introduction.ShouldBe("I know our bikes.");
        config.Translations.Keys.ShouldBe(["de"]);
        config.Translations["de"].Greeting.ShouldBe("Moin!");
        config.Translations["de"].SuggestedQuestions.ShouldBe(["Was kostet die Lieferung?"]);
        (config.LogoUrl, config.PortraitUrl).ShouldBe(("https://shop.example/logo.svg", "http://localhost:5081/jette.svg"));
        var availability = config.Availability.ShouldNotBeNull();
        (availability.TimeZone, availability.ReplyMinutes).ShouldBe(("Europe/Berlin", 15));
        availability.Hours.ShouldBe([new OpeningHours { Day = WeekDay.Monday, From = "09:00", To = "24:00" }]);
        availability.Open.ShouldBe(availability.OpensAt is null);
        config.Transcripts.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{ "translations": { "fr": {} } }""", "translations")]
    [InlineData("""{ "translations": { "de": null } }""", "translations")]
    [InlineData("""{ "translations": { "de": { "suggestedQuestions": ["", "2"] } } }""", "translations.de.suggestedQuestions")]
    [InlineData("""{ "theme": { "logoUrl": "http://shop.example/logo.svg" } }""", "theme.logoUrl")]
    [InlineData("""{ "theme": { "portraitUrl": "javascript:alert(1)" } }""", "theme.portraitUrl")]
    [InlineData("""{ "theme": { "logoUrl": "logo.svg" } }""", "theme.logoUrl")]
    [InlineData("""{ "replyMinutes": 0 }""", "replyMinutes")]
    public Task Be_refused_with_the_fields_name(string settings, string field) => RefusedAsync(settings, field);

    [Fact]
    public Task Be_at_most_six_questions_in_each_language() => RefusedAsync(
        """{ "translations": { "de": { "suggestedQuestions": ["1", "2", "3", "4", "5", "6", "7"] } } }""",
        "translations.de.suggestedQuestions");

    [Theory]
    [InlineData("Europe/Atlantis", """{ "day": "monday", "from": "09:00", "to": "17:00" }""", "", "timeZone")]
    [InlineData("Europe/Berlin", "", "", "weekly")]
    [InlineData("Europe/Berlin", """{ "day": "monday", "from": "9:00", "to": "17:00" }""", "", "weekly")]
    [InlineData("Europe/Berlin", """{ "day": "monday", "from": "17:00", "to": "09:00" }""", "", "weekly")]
    [InlineData("Europe/Berlin", """{ "day": "monday", "from": "24:00", "to": "24:00" }""", "", "weekly")]
    [InlineData("Europe/Berlin", "null", "", "weekly")]
    [InlineData("Europe/Berlin", """{ "day": "monday", "from": null, "to": "17:00" }""", "", "weekly")]
    [InlineData("Europe/Berlin", """{ "day": "monday", "from": "0\u0669:00", "to": "17:00" }""", "", "weekly")]
    [InlineData("Europe/Berlin", """{ "day": "monday", "from": "09:00", "to": "17:00" }""", "\"2027-02-29\"", "holidays")]
    [InlineData(
        "Europe/Berlin",
        """{ "day": "monday", "from": "09:00", "to": "13:00" }, { "day": "monday", "from": "12:59", "to": "17:00" }""",
        "",
        "weekly")]
    public Task Be_refused_with_hours_that_are_wrong(string zone, string weekly, string holidays, string field) => RefusedAsync(
        $$"""{ "officeHours": { "timeZone": "{{zone}}", "weekly": [{{weekly}}], "holidays": [{{holidays}}] } }""",
        $"officeHours.{field}");

    [Fact]
    public async Task Include_the_launchers_appearance_for_any_page()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var theme = new { color = "#0b6e6e", position = "left", logoUrl = "https://shop.example/logo.svg" };
        await tenant.ConfigureAsync(new { theme });
        using var client = api.Node.Client();
        client.DefaultRequestHeaders.Add("Origin", "https://anywhere.example");
        var path = $"/api/widget/appearance?key={tenant.Created.SiteKey}";

        var first = await client.GetAsync(path);

        var appearance = await first.Content.ReadFromJsonAsync<JsonElement>();
        appearance.ToString().ShouldBe(
            """{"color":"#0b6e6e","position":"left","scheme":"auto","logoUrl":"https://shop.example/logo.svg","triggers":null}""");
        first.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        first.Headers.CacheControl!.ToString().ShouldBe("public, max-age=300");
        client.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotModified);

        await tenant.ConfigureAsync(new { theme = new { color = "#000000" } });
        (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Not_include_an_appearance_for_keys_that_are_not_site_keys()
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var client = api.Node.Client();

        string[] keys =
        [
            "", "pk_unknown", tenant.Created.ApiKey, tenant.Created.Slug, $"id:{tenant.Created.TenantId}",
        ];
        foreach (var key in keys)
        {
            var response = await client.GetAsync($"/api/widget/appearance?key={Uri.EscapeDataString(key)}");

            await response.ShouldBeProblemAsync(HttpStatusCode.NotFound);
            (await response.Content.ReadAsStringAsync()).ShouldNotContain(tenant.Created.ApiKey);
        }
    }

    private async Task RefusedAsync(string settings, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PutAsync("/api/settings", new StringContent(settings, encoding: null, "application/json"));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }
}

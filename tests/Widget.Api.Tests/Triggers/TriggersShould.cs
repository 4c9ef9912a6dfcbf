using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Tests.Chat;
using Widget.Api.Triggers;
using Widget.Contracts;

namespace Widget.Api.Tests.Triggers;

/// <summary>Proactive messages.</summary>
public sealed class TriggersShould(ApiFixture api)
{
    private static readonly object Help = new
    {
        id = "pricing-help",
        when = new { pages = new[] { "/pricing" }, afterSeconds = 20 },
        variants = new[] { new { id = "a", message = "Questions about prices?" }, new { id = "b", message = "Need a quote?" } },
        cap = 2,
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_known_to_the_page_before_the_widget_is_opened()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var off = new { id = "off", enabled = false, variants = new[] { new { id = "a", message = "Hi" } } };
        await tenant.ConfigureAsync(new { triggers = new[] { Help, off } });
        using var page = api.Node.Client();

        var appearance = await page.GetFromJsonAsync<WidgetAppearance>(
            $"/api/widget/appearance?key={tenant.Created.SiteKey}",
            TestTenant.Json,
            Ct);

        var trigger = appearance!.Triggers!.ShouldHaveSingleItem();
        (trigger.Id, trigger.Cap, trigger.When.AfterSeconds).ShouldBe(("pricing-help", 2, 20));
        trigger.Variants.Select(variant => variant.Id).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Be_counted_by_variant_and_compared()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new { triggers = new[] { Help } });
        foreach (var (variant, shown, opened) in new[] { ("a", 30, 2), ("b", 30, 15) })
        {
            await Task.WhenAll(Enumerable.Range(0, shown).Select(_ => ReportAsync(tenant, variant, "shown")));
            await Task.WhenAll(Enumerable.Range(0, opened).Select(_ => ReportAsync(tenant, variant, "opened")));
        }

        await ReportAsync(tenant, "a", "closed");

        var figures = (await FiguresAsync(tenant)).ShouldHaveSingleItem();
        figures.Trigger.ShouldBe("pricing-help");
        figures.Variants.Select(variant => (variant.Variant, variant.Shown, variant.Opened, variant.Closed, variant.Message))
            .ShouldBe([("a", 30, 2, 1, "Questions about prices?"), ("b", 30, 15, 0, "Need a quote?")]);
        figures.Variants[0].PValue.ShouldBeNull();
        figures.Variants[1].Significant.ShouldBeTrue();
        figures.Variants[1].OpenRate.ShouldBe(0.5);
    }

    [Fact]
    public async Task Be_counted_for_the_page_on_which_they_were_shown()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new { triggers = new[] { Help } });
        await ReportAsync(tenant, "a", "shown", "https://shop.example/pricing?mail=ada@example.com#plans");
        await ReportAsync(tenant, "b", "shown", "https://shop.example/pricing");
        await ReportAsync(tenant, "b", "opened", "https://shop.example/pricing");
        await ReportAsync(tenant, "a", "shown", "https://shop.example/bikes");
        await ReportAsync(tenant, "a", "closed");

        var figures = (await FiguresAsync(tenant)).ShouldHaveSingleItem();

        figures.Pages.ShouldBe(
        [
            new TriggerPageFigures("https://shop.example/pricing", 2, 1, 0),
            new TriggerPageFigures("https://shop.example/bikes", 1, 0, 0),
            new TriggerPageFigures("", 0, 0, 1),
        ]);
    }

    [Fact]
    public async Task Not_be_counted_for_any_number_of_pages()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new { triggers = new[] { Help } });
        await using (var fill = api.Database.OwnerSource.CreateBatch())
        {
            fill.BatchCommands.Add(new("set local app.across_tenants = 'on'"));
            fill.BatchCommands.Add(new(
                """
                insert into trigger_counts (tenant_id, trigger_id, variant, day, page, shown)
                select $1, 'pricing-help', 'a', (now() at time zone 'UTC')::date, 'https://shop.example/' || i, 2
                from generate_series(1, 500) i
                """)
            {
                Parameters = { new() { Value = tenant.Created.TenantId } },
            });
            await fill.ExecuteNonQueryAsync(Ct);
        }

        await ReportAsync(tenant, "a", "shown", "https://shop.example/new");
        await ReportAsync(tenant, "a", "shown", "https://shop.example/7");

        var figures = (await FiguresAsync(tenant)).ShouldHaveSingleItem();
        figures.Variants[0].Shown.ShouldBe(1002);
        figures.Pages.Count.ShouldBe(50);
        figures.Pages[0].ShouldBe(new TriggerPageFigures("https://shop.example/7", 3, 0, 0));
        figures.Pages.ShouldNotContain(page => page.Page == "https://shop.example/new");
    }

    // Fisher's tea tasting, and values of R's fisher.test.
    [Theory]
    [InlineData(4, 3, 4, 1, 0.4857143)]
    [InlineData(12, 1, 12, 9, 0.002759456)]
    [InlineData(100, 10, 100, 14, 0.5146243)]
    [InlineData(0, 0, 5, 2, 1)]
    public void Be_compared_by_fishers_exact_test(int shown, int opened, int otherShown, int otherOpened, double expected) =>
        VariantComparison.PValue(shown, opened, otherShown, otherOpened).ShouldBe(expected, 1e-6);

    [Theory]
    [InlineData("other", "a")]
    [InlineData("pricing-help", "c")]
    public async Task Be_counted_only_if_the_settings_name_them(string trigger, string variant)
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new { triggers = new[] { Help } });
        using var page = api.Node.Client();

        var response = await page.PostAsJsonAsync(
            "/api/widget/triggers",
            new { siteKey = tenant.Created.SiteKey, trigger, variant, @event = "shown" },
            Ct);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await FiguresAsync(tenant)).Single().Variants.ShouldAllBe(figures => figures.Shown == 0);
    }

    [Fact]
    public async Task Be_the_tenants_own()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        await tenant.ConfigureAsync(new { triggers = new[] { Help } });
        await ReportAsync(tenant, "a", "shown");

        (await FiguresAsync(other)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"id": "Pricing Help", "variants": [{"id": "a", "message": "Hi"}]}""")]
    [InlineData("""{"id": "help", "variants": []}""")]
    [InlineData("""{"id": "help", "variants": [{"id": "a", "message": " "}]}""")]
    [InlineData("""{"id": "help", "variants": [{"id": "a", "message": "Hi"}, {"id": "a", "message": "Ho"}]}""")]
    [InlineData("""{"id": "help", "cap": 0, "variants": [{"id": "a", "message": "Hi"}]}""")]
    [InlineData("""{"id": "help", "when": {"pages": ["pricing"]}, "variants": [{"id": "a", "message": "Hi"}]}""")]
    [InlineData("""{"id": "help", "when": {"scrollPercent": 101}, "variants": [{"id": "a", "message": "Hi"}]}""")]
    [InlineData("null")]
    public async Task Be_refused_if_they_are_invalid(string trigger)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PutAsync(
            "/api/settings",
            new StringContent($$"""{"triggers": [{{trigger}}]}""", System.Text.Encoding.UTF8, "application/json"),
            Ct);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "triggers");
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"siteKey": "pk_x", "trigger": "t", "variant": "a", "event": "clicked"}""")]
    [InlineData("""{"trigger": "t", "variant": "a", "event": "shown"}""")]
    public async Task Refuse_an_invalid_report(string report)
    {
        using var page = api.Node.Client();

        var response = await page.PostAsync("/api/widget/triggers", new StringContent(report, System.Text.Encoding.UTF8, "text/plain"), Ct);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest);
    }

    private async Task ReportAsync(TestTenant tenant, string variant, string @event, string? url = null)
    {
        using var page = api.Node.Client();
        var report = JsonSerializer.Serialize(
            new { siteKey = tenant.Created.SiteKey, trigger = "pricing-help", variant, @event, page = url });
        // As browsers send it.
        (await page.PostAsync("/api/widget/triggers", new StringContent(report, System.Text.Encoding.UTF8, "text/plain"), Ct))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static async Task<TriggerFigures[]> FiguresAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<TriggerFigures[]>("/api/analytics/triggers", TestTenant.Json, Ct))!;
}

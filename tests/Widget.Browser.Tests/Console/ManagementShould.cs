using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.Console;

/// <summary>Figures, money, people and rights.</summary>
[Trait("Category", "Long")]
public sealed class ManagementShould(DemoInstallation demo, Chromium chromium)
{
    [Fact]
    public async Task Lead_from_a_figure_to_its_conversations_and_keep_budgets()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "analytics");
        await company.VisitAsync(contact: null, "Who repairs umbrellas?");
        var page = company.Page;
        await page.ReloadAsync();
        await page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Nothing found" }).ClickAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Conversations behind" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByRole(AriaRole.Log).Should().ToContainTextAsync("Who repairs umbrellas?");

        await company.GoAsync("usage");
        await company.FillAsync("Answers given", "500");
        await page.Press("Save");
        await company.SeeAsync("of 500");
        await page.ReloadAsync();
        await page.GetByLabel("Answers given").Last.Should().ToHaveValueAsync("500");
    }

    [Fact]
    public async Task Invite_members_and_change_their_roles()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "team");
        var page = company.Page;
        await company.FillAsync("E-mail address", "rita@company.example");
        await page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("Rep");
        await page.Press("Send the invitation");
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "rita@company.example" }).Should().ToContainTextAsync("Rep");
        await page.Press("Withdraw");
        await company.SeeAsync("Nobody has an open invitation.");

        await demo.AddMemberAsync(company.Tenant.Slug, "olaf@company.example", "Olaf", "viewer");
        await page.ReloadAsync();
        await page.GetByLabel("Role of olaf@company.example").SelectOptionAsync("Rep");
        await company.SeeAsync("Saved");
        await page.ReloadAsync();
        await page.GetByLabel("Role of olaf@company.example").Should().ToHaveValueAsync("rep");

        // The only owner stays one.
        var role = page.GetByLabel("Role of demo@widget.example");
        await role.SelectOptionAsync("Viewer");
        await page.Locator(".rz-notification-item").Last.Should().ToContainTextAsync("owner");
        await role.Should().ToHaveValueAsync("owner");
    }

    [Fact]
    public async Task Keep_retention_and_export_and_erase_a_person()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "privacy");
        await company.VisitAsync(new { clientId = "1", name = "Ada King", email = "ada@acme.example" }, "Who repairs umbrellas?");
        var page = company.Page;
        await company.FillAsync("Days after the last message until a conversation is deleted", "90");
        await page.Keyboard.PressAsync("Tab");
        await page.Press("Save");
        await page.ConfirmAsync("Save and delete");
        await company.SeeAsync("The retention is saved");
        await page.ReloadAsync();
        await page.Locator("#conversation-days").Should().ToHaveValueAsync("90");

        await company.FillAsync("E-mail address", "ada@acme.example");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("dl").Should().ToContainTextAsync("Ada King");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Press("Export as zip"));
        download.SuggestedFilename.ShouldEndWith(".zip");
        (await File.ReadAllBytesAsync(await download.PathAsync()))[..2].ShouldBe("PK"u8.ToArray());
        await page.Press("Erase everything");
        await page.ConfirmAsync("Erase everything");
        await company.SeeAsync("Everything about this person is erased");
        (await company.Staff.GetFromJsonAsync<JsonElement>("/api/leads")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Let_the_operator_make_suspend_and_resume_a_company()
    {
        await using var visit = await ConsoleVisit.SignInAsync(demo, chromium, "/operator");
        var page = visit.Page;
        var slug = $"t{Guid.NewGuid():N}"[..20];
        await page.Press("Add a company");
        await page.GetByLabel("Company", new() { Exact = true }).FillAsync("Moss Bikes");
        await page.GetByLabel("Owner's e-mail address").FillAsync($"{slug}@moss.example");
        var address = page.GetByLabel("Name in web addresses");
        await address.Should().ToHaveValueAsync("moss-bikes");
        await address.FillAsync(slug);
        await page.Press("Create");
        var row = page.Locator("tbody tr", new() { HasText = slug });
        await row.Should().ToContainTextAsync("Active");

        await row.Button("Suspend").ClickAsync();
        await page.ConfirmAsync("Suspend");
        await row.Should().ToContainTextAsync("Suspended");
        await row.Button("Resume").ClickAsync();
        await row.Should().ToContainTextAsync("Active");
        visit.Errors.ShouldBeEmpty();
    }
}

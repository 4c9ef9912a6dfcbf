using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.Console;

[Trait("Category", "Long")]
public sealed class LeadsShould(DemoInstallation demo, Chromium chromium)
{
    [Fact]
    public async Task Let_a_team_find_sort_and_merge_its_leads()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "leads");
        var page = company.Page;
        await company.PostAsync("/api/reps", new { name = "Ana Brandt", email = "ana@company.example", timeZone = "UTC" });
        await company.VisitAsync(new { clientId = "1", name = "Ada King", email = "ada@acme.example" }, "What does delivery cost?");
        await company.VisitAsync(new { clientId = "1", name = "Ada K.", phone = "+49 30 1234567" });
        await company.VisitAsync(new { clientId = "1", name = "Bob Moss", email = "bob@moss.example" });
        await company.VisitAsync(new { clientId = "1", name = "Cleo Sands", email = "cleo@sands.example" });
        var leads = (await company.Staff.GetFromJsonAsync<JsonElement>("/api/leads")).GetProperty("items").EnumerateArray().ToList();
        await SetTierAsync("Ada King", "hot");
        await SetTierAsync("Bob Moss", "warm");
        await SetTierAsync("Cleo Sands", "cold");
        await page.ReloadAsync();

        // Two values of one filter, saved as a view.
        var rows = page.Locator("tbody tr");
        await rows.Should().ToHaveCountAsync(4);
        await page.Locator(".rz-dropdown").First.ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Hot" }).ClickAsync();
        await rows.Should().ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Option, new() { Name = "Warm" }).ClickAsync();
        await rows.Should().ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("Escape");
        await page.OpenMenuAsync("Save view");
        await company.FillAsync("Name of the view", "Promising");
        await page.Press("Save");
        await page.Button("Promising").Should().ToHaveAttributeAsync("aria-pressed", "true");
        await page.Press("Clear filters");
        await rows.Should().ToHaveCountAsync(4);
        await page.Press("Promising");
        await rows.Should().ToHaveCountAsync(2);

        await page.OpenMenuAsync("Export");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("details[open] .menu button").First.ClickAsync());
        (await File.ReadAllTextAsync(await download.PathAsync())).ShouldContain("Ada King");

        await page.GetByRole(AriaRole.Link, new() { Name = "Ada King" }).ClickAsync();
        await company.SeeAsync("What does delivery cost?");
        await page.Press("Edit");
        await page.GetByLabel("Owner").SelectOptionAsync("Ana Brandt");
        await page.Press("Save");
        await company.SeeAsync("Assigned to Ana Brandt");

        await page.Press("Merge");
        await page.GetByLabel("Which lead is the same person?").FillAsync("Ada K.");
        await page.Press("Choose");
        await page.Press("Merge both");
        // The button that undoes it stands in the same line.
        await page.GetByText("Another lead was merged into this one.").Should().ToBeVisibleAsync();
        await page.Locator("a[href^='tel:']").Should().ToHaveAttributeAsync("href", "tel:+49301234567");
        await page.Press("Separate again");
        await page.GetByText("Another lead was merged into this one.").Should().ToHaveCountAsync(0);

        async Task SetTierAsync(string name, string tier)
        {
            var id = leads.Single(lead => lead.GetProperty("name").GetString() == name).GetProperty("id").GetString();
            (await company.Staff.PatchAsJsonAsync($"/api/leads/{id}", new { tier })).EnsureSuccessStatusCode();
        }
    }

    [Fact]
    public async Task Keep_a_reps_hours_and_show_and_cancel_a_meeting()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "meetings/reps");
        var page = company.Page;
        await page.Press("Add a rep");
        await company.FillAsync("Name", "Ana Brandt");
        await company.FillAsync("E-mail", "ana@company.example");
        await company.FillAsync("Time zone", "UTC");
        await page.Locator("form").Button("Add a rep").ClickAsync();
        await company.SeeAsync("Hours of Ana Brandt");
        foreach (var day in new[] { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" })
            await page.Press($"Add hours on {day}");
        await page.GetByLabel("Add a day").FillAsync($"{DateTime.UtcNow.AddDays(40):yyyy-MM-dd}");
        await page.Press("Save");
        await company.SeeAsync("Saved");
        await page.ReloadAsync();
        await page.GetByLabel("Monday from").Should().ToHaveCountAsync(1);
        await page.GetByLabel("Remove", new() { Exact = false }).First.Should().ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the calendar" }).ClickAsync();
        await page.Press("Book a meeting");
        var form = page.GetByRole(AriaRole.Region, new() { Name = "Book a meeting" });
        await form.GetByLabel("Name", new() { Exact = true }).FillAsync("Ada King");
        await form.GetByLabel("E-mail", new() { Exact = true }).FillAsync("ada@acme.example");
        await form.Locator(".slot").Last.ClickAsync();
        await form.Locator("button[type=submit]").ClickAsync();
        await company.SeeAsync("Meeting booked");

        await page.Press("List");
        await page.Press("Open the meeting with Ada King");
        await page.Press("Cancel the meeting");
        await page.ConfirmAsync("Cancel the meeting");
        await page.Locator(".tag.bad").First.Should().ToContainTextAsync("Cancelled");
    }
}

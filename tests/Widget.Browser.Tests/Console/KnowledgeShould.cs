using System.Text;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.Console;

[Trait("Category", "Long")]
public sealed class KnowledgeShould(DemoInstallation demo, Chromium chromium)
{
    private const string Delivery = "Delivery to Denmark costs 89 euros. Delivery within Germany costs 49 euros.";

    [Fact]
    public async Task Read_a_file_that_is_chosen_and_show_its_passages()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "knowledge");
        var page = company.Page;

        await page.Press("Add a source");
        await page.GetByRole(AriaRole.Button, new() { Name = "Files" }).ClickAsync();
        await page.Locator("input#files").SetInputFilesAsync(
            new FilePayload { Name = "delivery.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(Delivery) });
        await page.Locator(".tag.good", new() { HasText = "Sent" }).Should().ToBeVisibleAsync();

        // The list follows the job until the file is read.
        var source = page.GetByRole(AriaRole.List, new() { Name = "Sources" }).GetByRole(AriaRole.Listitem);
        await source.Should().ToContainTextAsync("1 documents");
        await source.Locator(".tag.good").Should().ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Documents" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "delivery" }).ClickAsync();
        await page.GetByRole(AriaRole.List, new() { Name = "Passages" }).Should().ToContainTextAsync("Delivery to Denmark costs 89 euros.");
    }

    [Fact]
    public async Task Turn_an_unanswered_question_into_an_answer_and_prove_it()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "knowledge/gaps", null, ("Delivery", Delivery));
        await company.VisitAsync(contact: null, "Who repairs umbrellas?");
        var page = company.Page;
        await page.ReloadAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Answer it" }).ClickAsync();
        await company.FillAsync("Answer", "Our workshop in Kiel repairs umbrellas.");
        await page.Press("Save and ask again");

        await company.SeeAsync("The assistant now answers");
        await page.Locator("article").Should().ToContainTextAsync("Our workshop in Kiel repairs umbrellas.");
        await page.Press("Done, hide this");
        await company.SeeAsync("No unanswered questions");
    }

    [Fact]
    public async Task Ask_in_the_playground_and_run_the_question_as_a_test()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "playground", null, ("Delivery", Delivery));
        var page = company.Page;
        await company.FillAsync("Question", "What does delivery to Denmark cost?");
        await page.Press("Ask");
        await company.SeeAsync("How it was found");
        await company.SeeAsync("Final passages (1)");
        await page.GetByText("Show its passages (1)").ClickAsync();
        await page.Locator("tbody tr").First.Should().ToContainTextAsync("Rank 1");

        await company.FillAsync("Facts that the answer must contain", "89 euros");
        await page.Press("Save test question");
        await page.GetByRole(AriaRole.Link, new() { Name = "Evaluation" }).ClickAsync();
        await page.Press("Start a run");
        await page.GetByLabel("Also write the answers and check their facts").CheckAsync();
        await page.Press("Start");

        var run = page.GetByRole(AriaRole.List, new() { Name = "Runs" }).GetByRole(AriaRole.Listitem);
        await run.Should().ToContainTextAsync("100");
        await run.GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator("main details").First.Should().ToContainTextAsync("What does delivery to Denmark cost?");
        await page.Locator("main details .tag.good").First.Should().ToBeVisibleAsync();
    }
}

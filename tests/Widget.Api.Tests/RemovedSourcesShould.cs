using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests;

/// <summary>When a document is deleted, earlier answers say so, and later ones do not use it.</summary>
public sealed class RemovedSourcesShould(ApiFixture api)
{
    [Fact]
    public async Task Be_marked_in_earlier_answers_and_missing_in_later_ones()
    {
        await using var node = await ApiNode.StartAsync(api.Database);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var visitor = await tenant.VisitAsync();
        (await visitor.AskAsync("What does delivery within Germany cost?")).Citations.ShouldHaveSingleItem().Title.ShouldBe("Shipping");

        // A new version of the document is still the same source.
        await tenant.ImportAsync(
            new { id = "shipping", title = "Shipping", text = "Delivery within Germany costs 59 euros. To Denmark it costs 99 euros." });
        (await CitationAsync(visitor)).ShouldSatisfyAllConditions(
            citation => citation.Removed.ShouldBeFalse(),
            citation => citation.Text.ShouldContain("49 euros"));
        (await visitor.AskAsync("And what does delivery to Denmark cost?")).Text.ShouldContain("99 euros");

        var document = (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!.Documents
            .Single(candidate => candidate.Title == "Shipping");
        await tenant.Developer.DeleteAsync($"/api/knowledge/documents/{document.Id}");
        await tenant.ImportAsync(
            new
            {
                id = "returns",
                title = "Returns",
                text = "Sending a bike back within Germany costs 79 euros. From Denmark it costs 109 euros.",
            });

        (await CitationAsync(visitor)).Removed.ShouldBeTrue();
        var answer = await visitor.AskAsync("And to Denmark?");
        (answer.Outcome, answer.Citations.Count).ShouldBe((AnswerOutcome.NotFound, 0));
        // A question that does not continue the removed answer is answered as always.
        (await visitor.AskAsync("What does sending a bike back within Germany cost?")).Text.ShouldContain("79 euros");
    }

    private static async Task<Citation> CitationAsync(TestVisitor visitor) =>
        (await visitor.EventsAsync()).OfType<AssistantMessage>().First().Citations.ShouldHaveSingleItem();
}

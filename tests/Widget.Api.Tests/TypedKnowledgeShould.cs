using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>Knowledge that people type: questions with their answers, and demos.</summary>
public sealed class TypedKnowledgeShould(ApiFixture api)
{
    [Fact]
    public async Task Find_an_answer_by_every_alternative_and_show_only_the_answer()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var added = await AddAsync<AnswerDetail>(tenant, "answers", new
        {
            question = "What does delivery cost?",
            answer = "Delivery costs **49 euros** within Germany.",
            alternatives = new[] { "shipping fee", "Versandkosten" },
            url = "https://shop.example/delivery",
            tags = new[] { "faq" },
            language = "en",
        });
        added.Status.ShouldBe(EntryStatusName.Queued);

        await Eventually.TrueAsync(
            async () =>
                (await tenant.Developer.GetFromJsonAsync<AnswerDetail>($"/api/knowledge/answers/{added.Id}"))!
                    .Status == EntryStatusName.Ready,
            "the answer can be found");
        var hit = (await SearchAsync(tenant, "Versandkosten")).ShouldHaveSingleItem();

        (hit.Title, hit.Text, hit.ExternalId)
            .ShouldBe(("What does delivery cost?", "Delivery costs 49 euros within Germany.", added.Id.ToString()));
        hit.Locator.Headings.ShouldBeEmpty();
        var document = (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents?kind=answer&tag=faq"))!
            .Documents.ShouldHaveSingleItem();
        document.Kind.ShouldBe(DocumentKindName.Answer);
        (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!.Sources.Single().Kind.ShouldBe(
            SourceKindName.Answers);
    }

    [Fact]
    public async Task Replace_and_delete_an_answer()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var added = await AddAsync<AnswerDetail>(tenant, "answers", new { question = "When are you open?", answer = "From nine to five." });

        // At once, while the first version may still be waiting.
        var changed = await tenant.Developer.PutAsJsonAsync(
            $"/api/knowledge/answers/{added.Id}",
            new { question = "When are you open?", answer = "From ten to six." });
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () => (await SearchAsync(tenant, "open")).SingleOrDefault()?.Text == "From ten to six.",
            "the new answer is found");
        (await tenant.Developer.GetFromJsonAsync<AnswerPage>("/api/knowledge/answers"))!.Answers.ShouldHaveSingleItem().Answer.ShouldBe(
            "From ten to six.");

        (await tenant.Developer.DeleteAsync($"/api/knowledge/answers/{added.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SearchAsync(tenant, "open")).ShouldBeEmpty();
        await (await tenant.Developer.DeleteAsync($"/api/knowledge/answers/{added.Id}")).ShouldBeProblemAsync(
            HttpStatusCode.NotFound,
            "There is no such answer.");
        await (await tenant.Developer.PutAsJsonAsync($"/api/knowledge/answers/{added.Id}", new { question = "x", answer = "y" }))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Store_and_find_the_same_version_after_concurrent_changes()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var added = await AddAsync<AnswerDetail>(tenant, "answers", new { question = "When are you open?", answer = "From nine to five." });
        var address = $"/api/knowledge/answers/{added.Id}";

        var changes = await Task.WhenAll(
            Enumerable.Range(1, 12).Select(i => tenant.Developer.PutAsJsonAsync(
                address,
                new { question = "When are you open?", answer = $"Door {i} is open." })));
        changes.ShouldAllBe(change => change.StatusCode == HttpStatusCode.OK);
        AnswerDetail? kept = null;
        await Eventually.TrueAsync(
            async () => (kept = await tenant.Developer.GetFromJsonAsync<AnswerDetail>(address))!.Status == EntryStatusName.Ready,
            "the last one is indexed");
        await Eventually.TrueAsync(
            async () =>
                (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!
                    .Sources.Single().Status == SourceStatusName.Ready,
            "nothing waits any more");
        (await SearchAsync(tenant, "open")).ShouldHaveSingleItem().Text.ShouldBe(kept!.Answer);

        var ends = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => i % 2 == 0
            ? tenant.Developer.DeleteAsync(address)
            : tenant.Developer.PutAsJsonAsync(address, new { question = "When are you open?", answer = "Never." })));
        ends.Count(end => end.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        ends.ShouldAllBe(
            end => end.StatusCode == HttpStatusCode.NoContent
                || end.StatusCode == HttpStatusCode.OK
                || end.StatusCode == HttpStatusCode.NotFound);
        (await SearchAsync(tenant, "open")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_an_answer_with_its_document_or_its_source()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await AddAsync<AnswerDetail>(tenant, "answers", new { question = "One?", answer = "First." });
        await AddAsync<AnswerDetail>(tenant, "answers", new { question = "Two?", answer = "Second." });
        DocumentPage? documents = null;
        await Eventually.TrueAsync(
            async () => (documents = await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!.Total == 2,
            "both are there");

        (await tenant.Developer.DeleteAsync($"/api/knowledge/documents/{documents!.Documents[0].Id}")).StatusCode.ShouldBe(
            HttpStatusCode.NoContent);
        (await tenant.Developer.GetFromJsonAsync<AnswerPage>("/api/knowledge/answers"))!.Answers.ShouldHaveSingleItem().Question.ShouldBe(
            "Two?");

        var source = (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!.Sources.Single();
        await tenant.Developer.DeleteAsync($"/api/knowledge/sources/{source.Id}");
        await Eventually.TrueAsync(
            async () => (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!.Total == 0,
            "the source is gone");
        (await tenant.Developer.GetFromJsonAsync<AnswerPage>("/api/knowledge/answers"))!.Total.ShouldBe(0);
        (await AddAsync<AnswerDetail>(tenant, "answers", new { question = "Three?", answer = "Third." })).Status.ShouldBe(
            EntryStatusName.Queued);
    }

    [Fact]
    public async Task Find_a_demo_by_when_to_show_it_and_link_to_the_clip()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var video = await AddAsync<DemoDetail>(tenant, "demos", new
        {
            kind = "video",
            url = "https://shop.example/tour.mp4",
            start = 12.5,
            end = 40,
            title = "Folding the bike",
            description = "A rider folds the frame in ten seconds.",
            showWhen = "Somebody asks how small it gets, or about luggage on trains.",
            tags = new[] { "tour" },
        });
        await AddAsync<DemoDetail>(
            tenant,
            "demos",
            new
            {
                kind = "slide",
                url = "https://shop.example/deck.pdf",
                page = 4,
                title = "Prices",
                showWhen = "Somebody compares plans.",
            });
        await Eventually.TrueAsync(
            async () => (await tenant.Developer.GetFromJsonAsync<DemoPage>("/api/knowledge/demos"))!.Demos
                is [{ Status: EntryStatusName.Ready }, { Status: EntryStatusName.Ready }],
            "both demos can be found");

        var hit = (await SearchAsync(tenant, "luggage on trains"))[0];

        (hit.ExternalId, hit.Title, hit.Url).ShouldBe((video.Id.ToString(), "Folding the bike", "https://shop.example/tour.mp4#t=12.5,40"));
        var document = (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents?kind=demo&tag=tour"))!
            .Documents.ShouldHaveSingleItem();
        var chunk = (await tenant.Developer.GetFromJsonAsync<DocumentChunkPage>($"/api/knowledge/documents/{document.Id}/chunks"))!
            .Chunks[0];
        (chunk.Locator.Start, chunk.Locator.End).ShouldBe((12.5, 40));
        chunk.Text.ShouldBe("A rider folds the frame in ten seconds.", "visitors do not see when to show it");
        (await SearchAsync(tenant, "compare plans"))
            .ShouldContain(slide => slide.Locator.Page == 4 && slide.Url == "https://shop.example/deck.pdf#page=4");

        (await tenant.Developer.PutAsJsonAsync(
            $"/api/knowledge/demos/{video.Id}",
            new
            {
                kind = "image",
                url = "https://shop.example/folded.jpg",
                title = "Folded",
                showWhen = "Somebody asks for a picture.",
            })).StatusCode
            .ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () => (await SearchAsync(tenant, "picture"))[0].Url == "https://shop.example/folded.jpg",
            "the image is found");
        (await tenant.Developer.DeleteAsync($"/api/knowledge/demos/{video.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await tenant.Developer.GetFromJsonAsync<DemoPage>("/api/knowledge/demos"))!.Total.ShouldBe(1);
    }

    [Theory]
    [InlineData("answers", """{"answer": "x"}""", "question", "The question is empty.")]
    [InlineData("answers", """{"question": "x"}""", "answer", "The answer is empty.")]
    [InlineData(
        "answers",
        """{"question": "x", "answer": "y", "url": "nowhere"}""",
        "url",
        "The url must be an absolute http or https address.")]
    [InlineData("answers", """{"question": "x", "answer": "y", "language": "english"}""", "language", null)]
    [InlineData(
        "answers",
        """{"question": "x", "answer": "y", "alternatives": [" "]}""",
        "alternatives",
        "An alternative must have 1 to 500 characters.")]
    [InlineData(
        "demos",
        """{"url": "https://a.example", "title": "t", "showWhen": "w"}""",
        "kind",
        "The kind is missing. Use video, image, slide or page.")]
    [InlineData("demos", """{"kind": "video", "title": "t", "showWhen": "w"}""", "url", "The url is empty.")]
    [InlineData("demos", """{"kind": "video", "url": "javascript:alert(1)", "title": "t", "showWhen": "w"}""", "url", null)]
    [InlineData(
        "demos",
        """{"kind": "video", "url": "https://a.example", "title": "t"}""",
        "showWhen",
        "Describe when to show it: what a visitor asks or needs.")]
    [InlineData(
        "demos",
        """{"kind": "video", "url": "https://a.example", "title": "t", "showWhen": "w", "start": 9, "end": 9}""",
        "end",
        "The end must come after the start.")]
    [InlineData("demos", """{"kind": "video", "url": "https://a.example", "title": "t", "showWhen": "w", "start": -1}""", "start", null)]
    [InlineData("demos", """{"kind": "video", "url": "https://a.example", "title": "t", "showWhen": "w", "start": -0.4}""", "start", null)]
    [InlineData(
        "demos",
        """{"kind": "video", "url": "https://a.example", "title": "t", "showWhen": "w", "end": 3000000000}""",
        "end",
        null)]
    [InlineData(
        "demos",
        """{"kind": "image", "url": "https://a.example", "title": "t", "showWhen": "w", "start": 1}""",
        "start",
        "Only a video has a start.")]
    [InlineData(
        "demos",
        """{"kind": "slide", "url": "https://a.example", "title": "t", "showWhen": "w"}""",
        "page",
        "A slide needs a page, from 1.")]
    [InlineData(
        "demos",
        """{"kind": "page", "url": "https://a.example", "title": "t", "showWhen": "w", "page": 2}""",
        "page",
        "Only a slide has a page.")]
    public async Task Explain_invalid_requests(string kind, string request, string field, string? title)
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.PostAsync(
            $"/api/knowledge/{kind}",
            new StringContent(request, null, "application/json"))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            title,
            field);
    }

    [Fact]
    public async Task Be_hidden_from_other_tenants()
    {
        var (a, b) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var answer = await AddAsync<AnswerDetail>(a, "answers", new { question = "Secret?", answer = "Swordfish." });
        var demo = await AddAsync<DemoDetail>(a, "demos", new { kind = "page", url = "https://a.example", title = "t", showWhen = "w" });

        foreach (var address in new[] { $"/api/knowledge/answers/{answer.Id}", $"/api/knowledge/demos/{demo.Id}" })
        {
            await (await b.Developer.GetAsync(address)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
            await (await b.Developer.DeleteAsync(address)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        }

        (await b.Developer.GetFromJsonAsync<AnswerPage>("/api/knowledge/answers"))!.Total.ShouldBe(0);
        (await b.Developer.GetFromJsonAsync<DemoPage>("/api/knowledge/demos"))!.Total.ShouldBe(0);
        (await a.Developer.GetFromJsonAsync<AnswerPage>("/api/knowledge/answers"))!.Total.ShouldBe(1);
    }

    private static async Task<T> AddAsync<T>(TestTenant tenant, string kind, object request)
    {
        var response = await tenant.Developer.PostAsJsonAsync($"/api/knowledge/{kind}", request);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<T>())!;
    }

    private static async Task<IReadOnlyList<SearchHit>> SearchAsync(TestTenant tenant, string query) =>
        (await (await tenant.Developer.PostAsJsonAsync("/api/search", new { query })).Content.ReadFromJsonAsync<SearchResponse>())!.Hits;
}

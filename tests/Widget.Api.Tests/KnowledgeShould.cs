using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Widget.Contracts;
using Widget.Extraction;
using Widget.Testing;

namespace Widget.Api.Tests;

public sealed class KnowledgeShould(ApiFixture api)
{
    [Fact]
    public async Task Import_lines_and_reject_only_the_invalid_ones()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var job = await tenant.ImportAsync(
            new
            {
                id = "good",
                title = "Lamps",
                text = "# Lamps\n\nThe **lamp** costs ten euros.",
                format = "markdown",
                tags = new[] { "a" },
            },
            "",
            "not json",
            "[1]",
            new { title = "No id", text = "x" },
            new { id = "empty", title = "", text = " " },
            new { id = "url", title = "t", text = "x", url = "javascript:alert(1)" },
            new { id = "lang", title = "t", text = "x", language = "english" },
            new { id = "format", title = "t", text = "x", format = "docx" },
            new { id = "tags", title = "t", text = "x", tags = new string?[] { null } },
            new { id = "tag", title = "t", text = "x", tags = new[] { new string('x', 3_000) } },
            new { id = "tangle", title = "t", text = string.Concat(Enumerable.Repeat("> ", 5_000)) + "x", format = "markdown" },
            new { id = "title-only", title = "Opening hours by arrangement", text = "" });

        (job.Status, job.Done, job.Total).ShouldBe((JobStatusName.Ready, 1, 12));
        job.Failed.Select(failed => failed.Id)
            .ShouldBe(["line 3", "line 4", "line 5", "empty", "url", "lang", "format", "tags", "tag", "tangle", "title-only"]);
        job.Failed[^2].Error.ShouldBe("The Markdown of this document is nested too deeply.");
        job.Failed.ShouldAllBe(failed => failed.Error.EndsWith('.'));
        var hit = (await SearchAsync(tenant, "lamp"))[0];
        (hit.Rank, hit.ExternalId, hit.Title, hit.Text).ShouldBe((1, "good", "Lamps", "The lamp costs ten euros."));
        hit.Locator.Headings.ShouldBe(["Lamps"]);
    }

    [Fact]
    public async Task Replace_a_document_that_is_imported_again()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ImportAsync(new { id = "a", title = "Price", text = "The chair costs ten euros." });
        await tenant.ImportAsync(new { id = "a", title = "Price", text = "The chair costs twelve euros." });

        (await SearchAsync(tenant, "chair")).ShouldHaveSingleItem().Text.ShouldContain("twelve");
        var page = (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!;
        (page.Total, page.Documents.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Refuse_an_endless_line()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes("{\"id\":\"a\",\"text\":\"" + new string('x', 9 << 20)));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");

        var job = await tenant.FinishedAsync(await tenant.Developer.PostAsync("/api/knowledge/import", body));

        job.Status.ShouldBe(JobStatusName.Failed);
        job.Failed.ShouldHaveSingleItem()
            .ShouldBe(new FailedDocument("line 1", "This line is longer than 8 MB, the limit for a line. Split the document."));
        (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!.Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("notes.md", "# Notes\n\nThe **tide** rises at noon.", "tide")]
    [InlineData("page.html", "<html><body><nav>menu</nav><main><h1>Tides</h1><p>The tide rises at noon.</p></main></body></html>", "tide")]
    [InlineData("plain.txt", "The tide rises at noon.", "tide")]
    public async Task Accept_uploads_of_readable_formats(string name, string content, string word)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var job = await tenant.FinishedAsync(await UploadAsync(tenant, name, Encoding.UTF8.GetBytes(content)));

        job.Status.ShouldBe(JobStatusName.Ready);
        (await SearchAsync(tenant, word))[0].ExternalId.ShouldBe(name);
    }

    [Fact]
    public async Task Accept_a_pdf_and_cite_its_page()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var pdf = await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "demo/documents/lumen-security-whitepaper.pdf"));

        await tenant.FinishedAsync(await UploadAsync(tenant, "whitepaper.pdf", pdf, ("url", "https://shop.example/whitepaper.pdf")));
        var answer = await (await tenant.VisitAsync()).AskAsync("How often are encryption keys rotated?");

        var citation = answer.Citations.ShouldHaveSingleItem();
        citation.Page.ShouldBe(3);
        citation.Url.ShouldBe("https://shop.example/whitepaper.pdf#page=3");
    }

    [Theory]
    [InlineData("garbage.pdf", "This PDF is damaged and could not be read.")]
    [InlineData("protected.pdf", "This PDF is protected by a password. Add a copy without a password.")]
    [InlineData("binary.txt", "This file contains binary data, not text.")]
    [InlineData("empty.md", "This document has no text.")]
    public async Task Explain_why_a_file_could_not_be_read(string name, string reason)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var content = name switch
        {
            "protected.pdf" => await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "tests/data/documents/protected.pdf")),
            "empty.md" => [],
            "binary.txt" => [.. Enumerable.Range(0, 3_000).Select(i => (byte)(i * 7))],
            _ => [.. "%PDF-1.7\n\0\u0001"u8, .. Enumerable.Range(0, 3_000).Select(i => (byte)(i * 7))],
        };

        var job = await tenant.FinishedAsync(await UploadAsync(tenant, name, content));

        job.Status.ShouldBe(JobStatusName.Failed);
        job.Error.ShouldBe(reason);
        job.Failed.ShouldHaveSingleItem().ShouldBe(new FailedDocument(name, reason));
    }

    [Fact]
    public async Task Validate_the_fields_of_a_document()
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await UploadAsync(tenant, "a.txt", [65], ("language", "english"))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "The language must be an ISO 639-1 code, such as en.",
            "language");
        await (await tenant.Developer.PostAsJsonAsync(
            "/api/knowledge/pages",
            new { url = "https://example.com", language = "!!" })).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: "language");
        await (await UploadAsync(tenant, "a.txt", [65], ("title", new string('t', 501)))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: "title");
        var form = new StringContent(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nThe lamp is red.\r\n");
        form.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data");
        await (await tenant.Developer.PostAsync("/api/knowledge/uploads", form)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "The form could not be read. Send it as multipart/form-data, complete and with its boundary.");
        form.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await (await tenant.Developer.PostAsync("/api/knowledge/uploads", form)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "The request is incomplete, or doesn't match its headers.");
        // PostgreSQL cannot store this character.
        var job = await tenant.FinishedAsync(await UploadAsync(tenant, "a.txt", "The lamp is red."u8.ToArray(), ("title", "La\0mps")));
        job.Status.ShouldBe(JobStatusName.Ready);
        (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!.Documents
            .ShouldHaveSingleItem().Title.ShouldBe("Lamps");
    }

    [Fact]
    public async Task Keep_files_with_equal_names_in_different_folders()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.FinishedAsync(await UploadAsync(tenant, "a/index.md", "Apples."u8.ToArray()));
        await tenant.FinishedAsync(await UploadAsync(tenant, "b/index.md", "Bananas."u8.ToArray()));
        await tenant.FinishedAsync(await UploadAsync(tenant, "index.md", "Cherries."u8.ToArray(), ("id", "my own id")));

        (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!.Documents.Select(
            document => document.ExternalId)
            .ShouldBe(["a/index.md", "b/index.md", "my own id"], ignoreOrder: true);
        var two = new MultipartFormDataContent
        {
            { new ByteArrayContent([65]), "file", "a.txt" },
            { new ByteArrayContent([66]), "file", "b.txt" },
        };
        await (await tenant.Developer.PostAsync("/api/knowledge/uploads", two)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "Send one file per request.",
            "file");
    }

    [Fact]
    public async Task List_the_readable_formats_when_given_another()
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await UploadAsync(tenant, "setup.exe", [1, 2, 3])).ShouldBeProblemAsync(
            HttpStatusCode.UnsupportedMediaType,
            $"Files like setup.exe cannot be read. Add {MediaTypes.SupportedFormats}.");
        await (await tenant.Developer.PostAsync(
            "/api/knowledge/uploads",
            new MultipartFormDataContent { { new StringContent("x"), "title" } })).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "file is missing.",
            "file");
    }

    [Theory]
    [InlineData("pages", "http://127.0.0.1:1/", "not on the public internet")]
    [InlineData("pages", "http://169.254.169.254/latest/meta-data", "not on the public internet")]
    [InlineData("sites", "http://localhost:5432/", "not on the public internet")]
    [InlineData("sites", "http://no-such-host.invalid/sitemap.xml", "There is no host called")]
    public async Task Never_fetch_from_private_addresses(string kind, string url, string words)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var job = await tenant.FinishedAsync(await tenant.Developer.PostAsJsonAsync($"/api/knowledge/{kind}", new { url }));

        job.Status.ShouldBe(JobStatusName.Failed);
        job.Error.ShouldNotBeNull().ShouldContain(words);
    }

    [Theory]
    [InlineData("pages", "ftp://example.com/")]
    [InlineData("pages", "not an address")]
    [InlineData("sites", "/relative")]
    [InlineData("sites", "")]
    public async Task Refuse_invalid_addresses(string kind, string url)
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.PostAsJsonAsync($"/api/knowledge/{kind}", new { url })).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: "url");
    }

    [Fact]
    public async Task Delete_a_document()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ImportAsync(new { id = "a", title = "Secret", text = "The password is swordfish." });
        var document = (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!.Documents.Single();

        (await tenant.Developer.DeleteAsync($"/api/knowledge/documents/{document.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await SearchAsync(tenant, "swordfish")).ShouldBeEmpty();
        await (await tenant.Developer.DeleteAsync($"/api/knowledge/documents/{document.Id}")).ShouldBeProblemAsync(
            HttpStatusCode.NotFound,
            "There is no such document.");
    }

    [Fact]
    public async Task Be_hidden_from_other_tenants()
    {
        var (a, b) = (await TestTenant.WithKnowledgeAsync(api), await TestTenant.CreateAsync(api));
        var document = (await a.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!.Documents[0];
        var accepted = await a.Developer.PostAsJsonAsync("/api/knowledge/pages", new { url = "http://no-such-host.invalid/" });
        var job = (await accepted.Content.ReadFromJsonAsync<JobAccepted>())!.JobId;

        (await b.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents"))!.Total.ShouldBe(0);
        (await b.Developer.DeleteAsync($"/api/knowledge/documents/{document.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await b.Developer.GetAsync($"/api/knowledge/jobs/{job}")).ShouldBeProblemAsync(
            HttpStatusCode.NotFound,
            "There is no such job.");
        (await SearchAsync(b, "charging")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Return_the_trace_of_a_search()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);

        foreach (var strategy in new[] { "parallel", "smart", "fallback" })
        {
            var response = await tenant.Developer.PostAsJsonAsync(
                "/api/search",
                new { query = "How long does charging take?", limit = 1, strategy });
            var result = (await response.Content.ReadFromJsonAsync<SearchResponse>())!;
            result.Hits.ShouldHaveSingleItem().ExternalId.ShouldBe("charging");
            result.Hits[0].Url.ShouldBe("https://shop.example/charging");
            result.Confidence.ShouldBeGreaterThan(0.5);
            result.Trace.Strategy.ToString().ShouldBe(strategy, StringCompareShould.IgnoreCase);
            var step = result.Trace.Steps.ShouldHaveSingleItem();
            (step.KnowledgeBase, step.Outcome).ShouldBe(("own", "answered"));
            step.Hits.ShouldBe(1 + result.Trace.DuplicatesDropped + result.Trace.Dropped.BeyondLimit);
        }
    }

    [Theory]
    [InlineData("""{"query": ""}""", "query")]
    [InlineData("""{"query": "x", "limit": 0}""", "limit")]
    [InlineData("""{"query": "x", "limit": 101}""", "limit")]
    [InlineData("""{"limit": 5}""", "query")]
    [InlineData("""{"query": "x", "strategy": "best"}""", null)]
    public async Task Refuse_an_invalid_search(string request, string? field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.PostAsync("/api/search", new StringContent(request, null, "application/json"))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: field);
    }

    private static async Task<IReadOnlyList<SearchHit>> SearchAsync(TestTenant tenant, string query) =>
        (await (await tenant.Developer.PostAsJsonAsync("/api/search", new { query })).Content.ReadFromJsonAsync<SearchResponse>())!.Hits;

    private static Task<HttpResponseMessage> UploadAsync(
        TestTenant tenant,
        string name,
        byte[] content,
        params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", name } };
        foreach (var (field, value) in fields) form.Add(new StringContent(value), field);
        return tenant.Developer.PostAsync("/api/knowledge/uploads", form);
    }
}

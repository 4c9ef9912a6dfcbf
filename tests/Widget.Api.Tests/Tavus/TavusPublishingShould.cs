using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.DataProtection;
using Widget.Api.Tavus.Knowledge;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>Own documents, published at Tavus.</summary>
public sealed class TavusPublishingShould(TavusWorld world) : IClassFixture<TavusWorld>
{
    [Fact]
    public async Task Hand_a_document_over_renew_it_when_it_changes_and_take_it_away_when_it_goes()
    {
        var tenant = await world.TenantAsync(new { useTavusKB = true });
        await tenant.Tenant.ImportAsync(
            new
            {
                id = "warranty",
                title = "Warranty",
                text = "# The frame\nIt is covered for five years.",
                format = "markdown",
                url = "https://shop.example/warranty",
            });
        var document = (await DocumentsAsync(tenant)).Single();

        (await tenant.Developer.PostAsJsonAsync("/api/tavus/knowledge/publish", new { documentIds = new[] { document.Id } }))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var first = await UntilAsync(tenant, one => one.Status == TavusPublicationStatus.Ready);

        (first.ExternalId, first.Title, first.Error).ShouldBe(("warranty", "Warranty", null));
        var there = (await tenant.ListAsync("documents")).ShouldHaveSingleItem();
        there["tags"]!.AsArray().Select(tag => tag!.GetValue<string>()).ShouldContain($"widget:{tenant.Id}");
        there["document_name"]!.GetValue<string>().ShouldBe("Warranty");
        (await ContentAsync(first))
            .ShouldBe("# Warranty\n\nhttps://shop.example/warranty\n\n## The frame\n\nIt is covered for five years.\n");

        await tenant.Tenant.ImportAsync(new { id = "warranty", title = "Warranty", text = "It is covered for eight years." });
        await AskAsync(tenant);
        var second = await UntilAsync(
            tenant,
            one => one.Status == TavusPublicationStatus.Ready && one.TavusDocumentId != first.TavusDocumentId);
        (await ContentAsync(second)).ShouldContain("eight years");
        (await tenant.ListAsync("documents")).ShouldHaveSingleItem()["document_id"]!.GetValue<string>().ShouldBe(second.TavusDocumentId);

        // It does not come back as knowledge of Tavus's.
        (await tenant.SyncAsync()).Documents.ShouldBe(0);
        (await tenant.SearchAsync("How long is the frame covered?")).Hits.ShouldHaveSingleItem().Origins.ShouldBe(["own"]);

        (await tenant.Developer.DeleteAsync($"/api/knowledge/documents/{(await DocumentsAsync(tenant)).Single().Id}")).StatusCode.ShouldBe(
            HttpStatusCode.NoContent);
        await AskAsync(tenant);
        await Eventually.TrueAsync(async () => (await tenant.ListAsync("documents")).Count == 0, "the copy is gone");
        await Eventually.TrueAsync(async () => (await PublishedAsync(tenant)).Count == 0, "nothing is published any more");
    }

    [Fact]
    public async Task Publish_once_what_several_ask_for_at_once()
    {
        var tenant = await world.TenantAsync();
        await tenant.Tenant.ImportAsync(
            new { id = "a", title = "A", text = "The first text." },
            new { id = "b", title = "B", text = "The second text." });
        var documents = (await DocumentsAsync(tenant)).Select(document => document.Id).ToArray();

        var asked = await Task.WhenAll(
            Enumerable.Range(0, 16)
                .Select(_ => tenant.Developer.PostAsJsonAsync("/api/tavus/knowledge/publish", new { documentIds = documents })));

        asked.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Accepted);
        await Eventually.TrueAsync(
            async () => (await PublishedAsync(tenant)).Count(one => one.Status == TavusPublicationStatus.Ready) == 2,
            "both are there");
        (await tenant.ListAsync("documents")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Take_away_what_is_withdrawn()
    {
        var tenant = await world.TenantAsync();
        await tenant.Tenant.ImportAsync(
            new { id = "a", title = "A", text = "The first text." },
            new { id = "b", title = "B", text = "The second text." });
        var source = (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents", TestTenant.Json))!
            .Documents[0].SourceId;
        await tenant.Developer.PostAsJsonAsync("/api/tavus/knowledge/publish", new { sourceIds = new[] { source } });
        await Eventually.TrueAsync(
            async () => (await PublishedAsync(tenant)).Count(one => one.Status == TavusPublicationStatus.Ready) == 2,
            "both are there");

        var first = (await DocumentsAsync(tenant)).Single(document => document.ExternalId == "a");
        (await tenant.Developer.DeleteAsync($"/api/tavus/knowledge/publish?documentIds={first.Id}")).StatusCode.ShouldBe(
            HttpStatusCode.Accepted);
        await Eventually.TrueAsync(async () => (await tenant.ListAsync("documents")).Count == 1, "one is gone");
        (await PublishedAsync(tenant)).ShouldContain(one => one.ExternalId == "b" && one.Status == TavusPublicationStatus.Ready);

        await tenant.Developer.DeleteAsync("/api/tavus/knowledge/publish");
        await Eventually.TrueAsync(async () => (await tenant.ListAsync("documents")).Count == 0, "the other is gone, too");
    }

    [Fact]
    public async Task Make_no_second_copy_when_the_answer_is_lost()
    {
        var tenant = await world.TenantAsync();
        await tenant.Tenant.ImportAsync(new { id = "a", title = "A", text = "The only text." });
        await tenant.FailAsync("POST documents", mode: "lost");

        await tenant.Developer.PostAsJsonAsync(
            "/api/tavus/knowledge/publish",
            new { documentIds = new[] { (await DocumentsAsync(tenant)).Single().Id } });
        var one = await UntilAsync(tenant, one => one.Status == TavusPublicationStatus.Ready);

        (await tenant.ListAsync("documents")).ShouldHaveSingleItem()["document_id"]!.GetValue<string>().ShouldBe(one.TavusDocumentId);
    }

    [Fact]
    public async Task Make_copies_anew_in_another_account_but_not_for_another_key_of_the_same()
    {
        var tenant = await world.TenantAsync();
        await tenant.Tenant.ImportAsync(new { id = "a", title = "A", text = "The only text." });
        await tenant.Developer.PostAsJsonAsync(
            "/api/tavus/knowledge/publish",
            new { documentIds = new[] { (await DocumentsAsync(tenant)).Single().Id } });
        var first = await UntilAsync(tenant, one => one.Status == TavusPublicationStatus.Ready);

        // The same account by another key.
        await RunAsync(tenant, "update tavus_publications set account = 'another' where tenant_id = $1");
        await AskAsync(tenant);
        await Eventually.TrueAsync(
            async () => await RunAsync(tenant, "select account from tavus_publications where tenant_id = $1") is not "another",
            "it is looked after");
        (await PublishedAsync(tenant)).ShouldHaveSingleItem().TavusDocumentId.ShouldBe(first.TavusDocumentId);

        await tenant.MoveAsync();
        await AskAsync(tenant);
        var second = await UntilAsync(
            tenant,
            one => one.Status == TavusPublicationStatus.Ready && one.TavusDocumentId != first.TavusDocumentId);
        (await tenant.ListAsync("documents")).ShouldHaveSingleItem()["document_id"]!.GetValue<string>().ShouldBe(second.TavusDocumentId);

        // A copy deleted at Tavus is reported, and not created again on its own.
        await tenant.SendAsync(HttpMethod.Delete, $"documents/{second.TavusDocumentId}");
        await AskAsync(tenant);
        (await UntilAsync(tenant, one => one.Status == TavusPublicationStatus.Failed)).Error.ShouldBe(
            "It no longer exists at Tavus. Publish it again.");
    }

    [Fact]
    public async Task Say_what_stands_in_the_way()
    {
        var tenant = await world.TenantAsync();
        await (await tenant.Developer.PostAsJsonAsync("/api/tavus/knowledge/publish", new { })).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "Name the documents to publish, by documentIds or sourceIds.");
        await (await tenant.Developer.PostAsJsonAsync("/api/tavus/knowledge/publish", new { documentIds = new[] { Guid.NewGuid() } }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest);

        await tenant.Tenant.ImportAsync(new { id = "a", title = "A", text = "The only text." });
        await tenant.FailAsync("POST documents", status: 400);
        await tenant.Developer.PostAsJsonAsync(
            "/api/tavus/knowledge/publish",
            new { documentIds = new[] { (await DocumentsAsync(tenant)).Single().Id } });
        (await UntilAsync(tenant, one => one.Status == TavusPublicationStatus.Failed)).Error.ShouldNotBeNull()
            .ShouldStartWith("Tavus refused:");
    }

    [Fact]
    public async Task Serve_a_document_only_by_its_link_and_for_a_day()
    {
        var tenant = await world.TenantAsync();
        await tenant.Tenant.ImportAsync(new { id = "a", title = "A", text = "The only text." });
        await tenant.Developer.PostAsJsonAsync(
            "/api/tavus/knowledge/publish",
            new { documentIds = new[] { (await DocumentsAsync(tenant)).Single().Id } });
        await UntilAsync(tenant, one => one.Status == TavusPublicationStatus.Ready);
        var link = (await tenant.ListAsync("documents")).Single()["document_url"]!.GetValue<string>();
        using var anybody = new HttpClient();

        var answer = await anybody.GetAsync(link);
        (answer.StatusCode, answer.Content.Headers.ContentType!.ToString(), answer.Headers.CacheControl!.NoStore)
            .ShouldBe((HttpStatusCode.OK, "text/plain; charset=utf-8", true));
        (await anybody.SendAsync(new HttpRequestMessage(HttpMethod.Head, link))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await anybody.GetAsync(link.Replace(".txt", "x.txt"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anybody.GetAsync(new Uri(world.Node.Address, "/api/tavus/documents/a.txt"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anybody.GetAsync(new Uri(world.Node.Address, "/api/tavus/documents/"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var old = new DocumentLinks(world.Node.Service<IDataProtectionProvider>(), new YesterdaysClock()).Create(
            world.Node.Address,
            tenant.Id,
            TavusPublicationId.New());
        world.Node.Service<DocumentLinks>().Read(old.Segments[^1]).ShouldBeNull();
        (await anybody.GetAsync(old)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await tenant.Developer.DeleteAsync("/api/tavus/knowledge/publish");
        (await anybody.GetAsync(link)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<IReadOnlyList<DocumentSummary>> DocumentsAsync(TavusTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents", TestTenant.Json))!.Documents;

    private static async Task<IReadOnlyList<TavusPublicationState>> PublishedAsync(TavusTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<TavusPublications>("/api/tavus/knowledge/publish", TestTenant.Json))!.Documents;

    private static async Task<TavusPublicationState> UntilAsync(TavusTenant tenant, Func<TavusPublicationState, bool> condition)
    {
        TavusPublicationState? one = null;
        await Eventually.TrueAsync(
            async () => (one = (await PublishedAsync(tenant)).SingleOrDefault()) is { } found && condition(found),
            "the publication has come so far");
        return one!;
    }

    // Otherwise it would be noticed in a quarter of an hour. A round that is just ending must not put it off.
    private Task AskAsync(TavusTenant tenant) =>
        RunAsync(tenant, "update tavus_knowledge set due_at = now(), asked = true where tenant_id = $1");

    private async Task<object?> RunAsync(TavusTenant tenant, string sql)
    {
        await using var command = world.Database.OwnerSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant.Id.Value });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private async Task<string> ContentAsync(TavusPublicationState publication) =>
        await world.Simulator.Control.GetStringAsync($"/control/tavus/documents/{publication.TavusDocumentId}/content");

    private sealed class YesterdaysClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1);
    }
}

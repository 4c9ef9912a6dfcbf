using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Widget.Api.Tavus.Client;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>The documents, replicas and objectives of the simulated Tavus.</summary>
public sealed class SimulatedTavusObjectsShould(ApiFixture api) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private TavusStandIn _ours = null!;

    public async ValueTask InitializeAsync() => _ours = await TavusStandIn.StartAsync();

    public ValueTask DisposeAsync() => _ours.DisposeAsync();

    [Fact]
    public async Task Fetch_documents_from_their_addresses()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, behavior: new { documentSeconds = 0 });
        _ours.Answer = async http =>
        {
            http.Response.StatusCode = http.Request.Path == "/good" ? 200 : 403;
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync("Bells cost 12 euros.");
        };
        var good = await tavus.Client.CreateDocumentAsync(
            tavus.Account,
            new CreateDocument { DocumentUrl = $"{_ours.Address}good", CallbackUrl = $"{_ours.Address}told" },
            Ct);
        var bad = await tavus.Client.CreateDocumentAsync(tavus.Account, new CreateDocument { DocumentUrl = $"{_ours.Address}bad" }, Ct);
        await Eventually.TrueAsync(
            () => Task.FromResult(
                _ours.Requests.Any(
                    request => request.Path == "/told" && request.Body!.Value.GetProperty("status").GetString() == "ready")));
        await Eventually.TrueAsync(async () => Text(await tavus.CallApiAsync(HttpMethod.Get, $"documents/{bad.Id}"), "status") == "error");
        Text(await tavus.CallApiAsync(HttpMethod.Get, $"documents/{bad.Id}"), "error_message").ShouldBe("file_download_failed");
        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(api.Simulator.Address, $"/control/tavus/documents/{good.Id}/content")))
            .ShouldBe("Bells cost 12 euros.");
    }

    [Theory]
    [InlineData(null, "completed")]
    [InlineData("no face in it", "error")]
    public async Task Train_replicas_and_report_the_result(string? error, string status)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(
            api.Simulator,
            behavior: new { trainingSeconds = 0.05, trainingError = error });
        var replica = Text(
            await tavus.CallApiAsync(
                HttpMethod.Post,
                "replicas",
                new { train_video_url = "https://shop.example/v.mp4", callback_url = $"{_ours.Address}told" }),
            "replica_id");
        await Eventually.TrueAsync(() => !_ours.Requests.IsEmpty);
        var read = await tavus.Client.GetReplicaAsync(tavus.Account, replica, Ct);
        (read.Status, read.ErrorMessage).ShouldBe((status, error));
        _ours.Requests.Single().Body!.Value.GetProperty("status").GetString().ShouldBe(error is null ? "ready" : "error");
    }

    [Theory]
    [InlineData("legacy", "replicas", "replica")]
    [InlineData("new", "faces", "face")]
    public async Task Rename_and_delete_replicas(string family, string endpoint, string name)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, new { family });
        var created = await tavus.CallApiAsync(
            HttpMethod.Post,
            endpoint,
            new Dictionary<string, object>
            {
                [$"{name}_name"] = "Anna",
                ["train_image_url"] = "https://shop.example/train.png",
                ["voice_name"] = "anna",
                ["properties"] = new { background_green_screen = true },
            });
        Text(created, "status").ShouldBe("started");
        var replica = Text(created, $"{name}_id");

        var change = new Dictionary<string, string> { [$"{name}_name"] = "Berta" };
        await tavus.CallApiAsync(HttpMethod.Patch, $"{endpoint}/{replica}/name", change);

        (await tavus.Client.GetReplicaAsync(tavus.Account, replica, Ct)).Name.ShouldBe("Berta");
        await tavus.CallApiAsync(HttpMethod.Delete, $"{endpoint}/{replica}");
        (await Should.ThrowAsync<TavusException>(() => tavus.Client.GetReplicaAsync(tavus.Account, replica, Ct))).Fault.ShouldBe(
            TavusFault.NotFound);
    }

    [Fact]
    public async Task Change_and_crawl_documents()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, behavior: new { documentSeconds = 3600 });
        var id = (await tavus.Client.CreateDocumentAsync(tavus.Account, FilledRequests.Document with { CallbackUrl = null }, Ct)).Id;
        (await RecrawlAsync()).ShouldBe(HttpStatusCode.Conflict);
        await tavus.PostAsync($"documents/{id}/state", new { status = "ready" });

        await tavus.CallApiAsync(HttpMethod.Patch, $"documents/{id}", new { tags = new[] { "new" } });

        var read = await tavus.CallApiAsync(HttpMethod.Get, $"documents/{id}");
        (Text(read, "document_name"), read.GetProperty("tags")[0].GetString(), Text(read, "status")).ShouldBe(("FAQ", "new", "ready"));
        (await RecrawlAsync()).ShouldBe(HttpStatusCode.OK);
        Text(await tavus.CallApiAsync(HttpMethod.Get, $"documents/{id}"), "status").ShouldBe("recrawling");
        await tavus.PostAsync($"documents/{id}/state", new { status = "ready" });
        (await RecrawlAsync()).ShouldBe(HttpStatusCode.TooManyRequests);

        async Task<HttpStatusCode> RecrawlAsync()
        {
            try
            {
                await tavus.CallApiAsync(HttpMethod.Post, $"documents/{id}/recrawl");
                return HttpStatusCode.OK;
            }
            catch (HttpRequestException e)
            {
                return e.StatusCode!.Value;
            }
        }
    }

    [Fact]
    public async Task Keep_objectives_until_they_are_deleted()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var id = Text(
            await tavus.CallApiAsync(
                HttpMethod.Post,
                "objectives",
                new { data = new[] { new { objective_name = "email", objective_prompt = "Ask." } } }),
            "objectives_id");

        var listed = (await tavus.CallApiAsync(HttpMethod.Get, "objectives")).GetProperty("data").EnumerateArray().Single();

        (Text(listed, "objectives_id"), Text(listed.GetProperty("data")[0], "objective_name")).ShouldBe((id, "email"));
        await tavus.CallApiAsync(HttpMethod.Delete, $"objectives/{id}");
        (await tavus.CallApiAsync(HttpMethod.Get, "objectives")).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    private static string Text(JsonElement element, string field) => element.GetProperty(field).GetString()!;
}

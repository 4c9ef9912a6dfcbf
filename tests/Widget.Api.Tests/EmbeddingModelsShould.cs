using System.Net;
using System.Net.Http.Json;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Rag.Embeddings;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>
/// On a database and a simulator of their own: the other nodes have no embedding endpoint, and workers take whatever is due.
/// </summary>
public sealed class EmbeddingModelsShould : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Simulator _simulator = null!;
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await Simulator.StartAsync();
        _node = await ApiNode.StartAsync(_database, embedding: _simulator.Embedding);
        _tenant = new TestTenant(
            _node,
            await new TenantAdministration(_database.OwnerSource).CreateAsync("shop", "Shop", [TestTenant.Origin], Ct));
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Come_from_the_endpoint_and_change_without_an_interruption()
    {
        await ImportAsync();
        (await ReportAsync()).ShouldBe(new EmbeddingReport("sim-embedding", null));
        (await SearchAsync("How long does charging take?")).Hits[0].ExternalId.ShouldBe("charging");
        var requests = await _simulator.RequestsAsync();
        requests.ShouldContain(
            request => request.GetProperty("input").GetArrayLength() == 3 && request.GetProperty("model").GetString() == "sim-embedding");

        (await _tenant.Developer.PutAsJsonAsync("/api/knowledge/embedding", new { model = "local" }, Ct)).StatusCode.ShouldBe(
            HttpStatusCode.Accepted);
        await Eventually.TrueAsync(async () => (await ReportAsync()).Model == HashedEmbedder.Model, "the local model serves");

        (await SearchAsync("How long does charging take?")).Hits[0].ExternalId.ShouldBe("charging");
    }

    [Fact]
    public async Task Be_waited_for_when_they_are_away_and_say_why()
    {
        await _simulator.BehaveAsync(new { failNext = 1_000, failStatus = 400 });
        await ImportAsync();

        (await SearchAsync("How long does charging take?")).Hits[0].ExternalId.ShouldBe("charging");
        await Eventually.TrueAsync(async () => (await ReportAsync()).Change?.Error is not null, "the model is waited for");
        (await ReportAsync()).Change!.Error.ShouldBe("The endpoint of the embedding model sim-embedding refuses the texts (400).");

        await _simulator.BehaveAsync();
        await Eventually.TrueAsync(async () => (await ReportAsync()).Change is null, "every passage has its vectors");
    }

    [Fact]
    public async Task Be_retried_when_the_endpoint_asks_for_fewer_requests()
    {
        await _simulator.BehaveAsync(new { failNext = 1, failStatus = 429 });

        await ImportAsync();

        (await ReportAsync()).ShouldBe(new EmbeddingReport("sim-embedding", null));
    }

    [Theory]
    [InlineData("nobody-knows", "The endpoint does not know the embedding model nobody-knows (404).")]
    public async Task Say_what_is_wrong_with_a_name(string model, string error)
    {
        await ImportAsync();
        (await _tenant.Developer.PutAsJsonAsync("/api/knowledge/embedding", new { model }, Ct)).StatusCode.ShouldBe(
            HttpStatusCode.Accepted);

        await Eventually.TrueAsync(async () => (await ReportAsync()).Change?.Error == error, error);
        (await ReportAsync()).Model.ShouldBe("sim-embedding");
    }

    [Fact]
    public async Task Be_refused_where_there_is_no_endpoint()
    {
        await using var node = await ApiNode.StartAsync(_database);
        var tenant = new TestTenant(node, _tenant.Created);

        await (await tenant.Developer.PutAsJsonAsync("/api/knowledge/embedding", new { model = "text-embedding-3-small" }, Ct))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest);
        await (await tenant.Developer.PutAsJsonAsync("/api/knowledge/embedding", new { model = "" }, Ct))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest);
    }

    private Task<JobState> ImportAsync() => _tenant.ImportAsync(
        new { id = "charging", title = "Charging", text = "The battery is full after four and a half hours of charging." },
        new { id = "warranty", title = "Warranty", text = "The frame is covered for five years." },
        new { id = "shipping", title = "Shipping", text = "Delivery within Germany costs 49 euros." });

    private async Task<EmbeddingReport> ReportAsync() =>
        (await _tenant.Developer.GetFromJsonAsync<EmbeddingReport>("/api/knowledge/embedding", Ct))!;

    private async Task<SearchResponse> SearchAsync(string query)
    {
        var answer = await _tenant.Developer.PostAsJsonAsync("/api/search", new { query }, Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<SearchResponse>(TestTenant.Json, Ct))!;
    }
}

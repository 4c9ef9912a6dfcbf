using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Rag.Embeddings;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Models;

/// <summary>
/// Tenants' own embedding models. On a separate database, because workers of other nodes would claim the changes. The installation's
/// models and the tenants' are at two simulators and have the same name.
/// </summary>
public sealed class TenantEmbeddingModelsShould : IAsyncLifetime
{
    private const string Question = "How long does charging take?";
    private const string Key = "sim-key";

    private TestDatabase _database = null!;
    private Simulator _installations = null!;
    private Simulator _tenants = null!;
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Endpoint => new Uri(_tenants.Address, "/v1").AbsoluteUri;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        (_installations, _tenants) = (await Simulator.StartAsync(), await Simulator.StartAsync());
        string[] hosts = [_tenants.Address.Authority, _installations.Address.Authority];
        _node = await ApiNode.StartAsync(
            _database,
            embedding: _installations.Embedding,
            fetching: new FetchOptions { AllowedPrivateHosts = hosts.ToHashSet(StringComparer.Ordinal) });
        _tenant = await CreateAsync("shop");
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _installations.DisposeAsync();
        await _tenants.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Serve_once_all_passages_are_embedded_and_leave_the_search_to_the_previous_model_until_then()
    {
        await ImportAsync(_tenant);
        (await StateAsync(_tenant)).Source.ShouldBe(TavusKeySource.Platform);
        await _tenants.BehaveAsync(new { delayMs = 3_000 });

        var saved = await SaveAsync(_tenant, new { model = "sim-embedding", endpoint = Endpoint, key = Key });
        await Eventually.TrueAsync(async () => (await ReportAsync(_tenant)).Change?.Total == 3, "the passages are counted");
        var meanwhile = await ReportAsync(_tenant);
        (await SearchAsync(_tenant, Question)).Hits[0].ExternalId.ShouldBe("charging");
        var previous = await _installations.RequestsAsync();

        (saved.Source, saved.Model, saved.Endpoint).ShouldBe((TavusKeySource.Own, "sim-embedding", Endpoint));
        (meanwhile.Model, meanwhile.Change!.Done).ShouldBe(("sim-embedding", 0));
        previous.ShouldContain(request => request.GetProperty("input")[0].GetString() == Question);
        await Eventually.TrueAsync(async () => IsOwn((await ReportAsync(_tenant)).Model), "the tenant's model serves");
        await _tenants.BehaveAsync();
        await ServesAsync(_tenant);
        var asked = (await _tenants.RequestsAsync()).Count;
        (await SearchAsync(_tenant, "What does delivery cost?")).Hits[0].ExternalId.ShouldBe("shipping");
        (await _tenants.RequestsAsync()).Count.ShouldBe(asked + 1);
        (await _tenants.KeysAsync()).ShouldAllBe(key => key == $"Bearer {Key}");
        var installations = (await _installations.RequestsAsync()).Count;
        // New documents are embedded by it, too.
        await _tenant.ImportAsync(new { id = "late", title = "Late", text = "The latecomer arrived by ferry." });
        (await SearchAsync(_tenant, "latecomer ferry")).Hits[0].ExternalId.ShouldBe("late");
        (await _installations.RequestsAsync()).Count.ShouldBe(installations);
    }

    [Fact]
    public async Task Keep_vectors_and_questions_of_two_tenants_apart()
    {
        var other = await CreateAsync("other");
        await ImportAsync(_tenant);
        await ImportAsync(other);
        await SaveAsync(_tenant, new { model = "sim-embedding", endpoint = Endpoint, key = Key });
        var azure = AtTenants("/azure/openai/v1");
        await SaveAsync(other, new { provider = "azure", model = "sim-embedding", endpoint = azure, key = "sim-azure-key" });
        await ServesAsync(_tenant);
        await ServesAsync(other);
        await _tenants.BehaveAsync();

        var found = await Task.WhenAll(SearchAsync(_tenant, Question), SearchAsync(other, Question));

        found.ShouldAllBe(response => response.Hits[0].ExternalId == "charging" && response.Trace!.Steps[0].Reason == null);
        (await ReportAsync(_tenant)).Model.ShouldNotBe((await ReportAsync(other)).Model);
        // The question was embedded by both, although the models have the same name.
        (await _tenants.KeysAsync()).ShouldBe([$"Bearer {Key}", "sim-azure-key"], ignoreOrder: true);
    }

    [Fact]
    public async Task Leave_searches_to_words_while_they_are_unavailable()
    {
        await ImportAsync(_tenant);
        await SaveAsync(_tenant, new { provider = "ollama", model = "sim-embedding", endpoint = AtTenants("/ollama/v1") });
        await ServesAsync(_tenant);
        await _tenants.BehaveAsync(new { failNext = 1_000, failStatus = 403 });

        for (var i = 0; i < 3; i++)
        {
            var found = await SearchAsync(_tenant, $"{Question} {i}");
            found.Hits[0].ExternalId.ShouldBe("charging");
            found.Trace!.Steps[0].Reason.ShouldNotBeNull().ShouldContain("by words only");
        }

        // The circuit is open, so searches no longer wait for the model.
        var asked = (await _tenants.RequestsAsync()).Count;
        (await SearchAsync(_tenant, $"{Question} Again?")).Hits[0].ExternalId.ShouldBe("charging");
        asked.ShouldBe(3);
        (await _tenants.RequestsAsync()).Count.ShouldBe(asked);
        (await TestAsync(_tenant)).Checks.ShouldHaveSingleItem().Words.ShouldContain("refuses the key (403)");
    }

    [Fact]
    public async Task Not_mix_vectors_when_a_server_replaces_the_model_behind_a_name()
    {
        await ImportAsync(_tenant);
        await SaveAsync(_tenant, new { model = "sim-embedding", endpoint = Endpoint, key = Key });
        await ServesAsync(_tenant);
        var before = (await ReportAsync(_tenant)).Model;
        (await TestAsync(_tenant)).Ok.ShouldBeTrue();
        await _tenants.BehaveAsync(new { dimensions = 128 });

        (await SearchAsync(_tenant, Question)).Hits[0].ExternalId.ShouldBe("charging");
        var check = (await TestAsync(_tenant)).Checks.ShouldHaveSingleItem();
        (check.Name, check.Ok).ShouldBe(("dimensions", false));
        check.Words.ShouldContain("128 dimensions, but the stored ones have 256");
        await SaveAsync(_tenant, new { model = "sim-embedding", endpoint = Endpoint });
        await Eventually.TrueAsync(async () => (await ReportAsync(_tenant)).Model is var now && now != before && IsOwn(now), "it serves");

        (await SearchAsync(_tenant, "What does delivery cost?")).Hits[0].ExternalId.ShouldBe("shipping");
    }

    [Fact]
    public async Task Be_refused_if_they_do_not_work()
    {
        await ImportAsync(_tenant);

        (await RefusedAsync(new { model = "sim-embedding", endpoint = Endpoint, key = "wrong-key" }))
            .ShouldContain("does not accept the key");
        var unknown = await RefusedAsync(new { model = "sim-large", endpoint = Endpoint, key = Key });
        unknown.ShouldContain("does not know the embedding model sim-large");
        unknown.ShouldContain("lists sim-chat, sim-embedding");
        await _tenants.BehaveAsync(new { dimensions = 5_000 });
        (await RefusedAsync(new { model = "sim-embedding", endpoint = Endpoint, key = Key })).ShouldContain("At most 4000");

        (await StateAsync(_tenant)).Source.ShouldBe(TavusKeySource.Platform);
        (await ReportAsync(_tenant)).ShouldBe(new EmbeddingReport("sim-embedding", null));
        (await _tenant.Developer.DeleteAsync("/api/models/embedding", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _tenant.Developer.PostAsync("/api/models/embedding/test", null, Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ChangeAsync("own")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Give_way_to_the_installations_model_when_they_are_deleted_or_not_wanted()
    {
        await ImportAsync(_tenant);
        await SaveAsync(_tenant, new { model = "sim-embedding", endpoint = Endpoint, key = Key });
        await ServesAsync(_tenant);

        (await ChangeAsync("local")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.TrueAsync(async () => (await ReportAsync(_tenant)).Model == HashedEmbedder.Model, "the local model serves");
        (await StateAsync(_tenant)).Words.ShouldContain("another is used");
        (await ChangeAsync("own")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await ServesAsync(_tenant);
        var deleted = await _tenant.Developer.DeleteAsync("/api/models/embedding", Ct);

        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StoredAsync(_tenant)).ShouldBe(0);
        (await SearchAsync(_tenant, "What does delivery cost?")).Hits[0].ExternalId.ShouldBe("shipping");
        await Eventually.TrueAsync(async () => (await ReportAsync(_tenant)).Model == "sim-embedding", "the installation's model serves");
        _node.Log.Lines.ShouldAllBe(line => !line.Contains(Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Give_way_to_the_installations_model_although_their_deletion_is_interrupted()
    {
        await ImportAsync(_tenant);
        await SaveAsync(_tenant, new { model = "sim-embedding", endpoint = Endpoint, key = Key });
        await ServesAsync(_tenant);
        // The database interrupts the deletion, as a crash of the node would.
        await _database.OwnerSource.ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as 'begin raise exception ''interrupted''; end';
            create trigger refuse before delete on tenant_models for each statement execute function refuse();
            """);

        var interrupted = await _tenant.Developer.DeleteAsync("/api/models/embedding", Ct);

        interrupted.IsSuccessStatusCode.ShouldBeFalse();
        (await StoredAsync(_tenant)).ShouldBe(1);
        await Eventually.TrueAsync(async () => (await ReportAsync(_tenant)).Model == "sim-embedding", "the installation's model serves");
        await _database.OwnerSource.ExecuteAsync("drop trigger refuse on tenant_models");
        (await _tenant.Developer.DeleteAsync("/api/models/embedding", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StoredAsync(_tenant)).ShouldBe(0);
    }

    private async Task<TestTenant> CreateAsync(string slug) => new(
        _node,
        await new TenantAdministration(_database.OwnerSource).CreateAsync(slug, slug, [TestTenant.Origin], Ct));

    private static Task<JobState> ImportAsync(TestTenant tenant) => tenant.ImportAsync(
        new { id = "charging", title = "Charging", text = "The battery is full after four and a half hours of charging." },
        new { id = "warranty", title = "Warranty", text = "The frame is covered for five years." },
        new { id = "shipping", title = "Shipping", text = "Delivery within Germany costs 49 euros." });

    private string AtTenants(string path) => new Uri(_tenants.Address, path).AbsoluteUri;

    private static bool IsOwn(string model) => model.StartsWith(ITenantEmbeddings.NamePrefix, StringComparison.Ordinal);

    // A node notices a few seconds later that another model serves. Each question differs, because searches are cached.
    private async Task ServesAsync(TestTenant tenant)
    {
        await Eventually.TrueAsync(async () => IsOwn((await ReportAsync(tenant)).Model), "the tenant's model serves");
        await Eventually.TrueAsync(
            async () =>
            {
                var question = $"Is number {Guid.NewGuid():N} charging?";
                await SearchAsync(tenant, question);
                return (await _tenants.RequestsAsync()).Any(request => request.GetProperty("input")[0].GetString() == question);
            },
            "searches use it");
    }

    private static async Task<EmbeddingReport> ReportAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<EmbeddingReport>("/api/knowledge/embedding", Ct))!;

    private static async Task<OwnModelState> StateAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<OwnModelState>("/api/models/embedding", TestTenant.Json, Ct))!;

    private static async Task<OwnModelState> SaveAsync(TestTenant tenant, object model)
    {
        var response = await tenant.Developer.PutAsJsonAsync("/api/models/embedding", model, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<OwnModelState>(TestTenant.Json, Ct))!;
    }

    private async Task<string> RefusedAsync(object model)
    {
        var response = await _tenant.Developer.PutAsJsonAsync("/api/models/embedding", model, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    private Task<HttpResponseMessage> ChangeAsync(string model) =>
        _tenant.Developer.PutAsJsonAsync("/api/knowledge/embedding", new { model }, Ct);

    private static async Task<ConnectionReport> TestAsync(TestTenant tenant)
    {
        var response = await tenant.Developer.PostAsync("/api/models/embedding/test", null, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await response.Content.ReadFromJsonAsync<ConnectionReport>(TestTenant.Json, Ct))!;
    }

    private static async Task<SearchResponse> SearchAsync(TestTenant tenant, string query)
    {
        var answer = await tenant.Developer.PostAsJsonAsync("/api/search", new { query }, Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<SearchResponse>(TestTenant.Json, Ct))!;
    }

    private async Task<long> StoredAsync(TestTenant tenant)
    {
        await using var count = _database.OwnerSource.CreateCommand("select count(*) from tenant_models where tenant_id = $1");
        count.Parameters.Add(new NpgsqlParameter { Value = tenant.Created.TenantId });
        return (long)(await count.ExecuteScalarAsync(Ct))!;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;
using Widget.Rag.Fetching;
using Widget.Testing;
using static Widget.Api.Tests.Agents.CatalogueStandIn;

namespace Widget.Api.Tests.Agents;

/// <summary>
/// Agents of another system's catalogue. In a database of its own, because any node of a database may read the catalogue.
/// </summary>
public sealed class AgentCataloguesShould : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private CatalogueStandIn _catalogue = null!;
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _catalogue = await CatalogueStandIn.StartAsync();
        _node = await ApiNode.StartAsync(
            _database,
            fetching: new FetchOptions { AllowedPrivateHosts = new HashSet<string> { $"127.0.0.1:{_catalogue.Address.Port}" } });
        _tenant = await TestTenant.CreateAsync(_database, _node);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Be_imported_with_all_good_entries_and_a_report_of_the_bad_ones()
    {
        var noName = Companion(901);
        noName.Remove("name");
        var odd = Companion(902, "Odd");
        odd["avatarUrl"] = "javascript:alert(1)";
        odd["metadata"] = new JsonObject { ["age"] = "old", ["interests"] = new JsonArray("bikes", 7, "") };
        _catalogue.Serve([.. Enumerable.Range(1, 260).Select(i => Companion(i)), noName, "text", Companion(1, "Twice"), odd, null]);

        var imported = await ImportAsync();

        imported.Agents.ShouldBe(261);
        imported.Error.ShouldBeNull();
        imported.Problems.Where(problem => !problem.Imported).Select(problem => (problem.Index, problem.Id)).ShouldBe(
            [(260, "c901"), (261, null), (262, "c1"), (264, null)], ignoreOrder: true);
        imported.Problems.Where(problem => problem.Imported).ShouldAllBe(problem => problem.Id == "c902");
        var companions = await CompanionsAsync();
        companions.Count.ShouldBe(261);
        JsonNode.DeepEquals(
            companions.Single(entry => (string?)entry!["name"] == "Companion 007")!["metadata"],
            JsonNode.Parse("""{"age": 27, "interests": ["bikes", "subject7"]}""")).ShouldBeTrue();
        companions[0]!.AsObject().Select(field => field.Key)
            .ShouldBe(["id", "name", "avatarUrl", "description", "voiceId", "personality", "metadata"]);
        companions.Single(entry => (string?)entry!["name"] == "Odd")!["avatarUrl"].ShouldBeNull();
    }

    [Fact]
    public async Task Be_refreshed_without_losing_what_the_tenant_changed()
    {
        _catalogue.Serve(Companion(1), Companion(2), Companion(3));
        await ImportAsync();
        var first = await FindAsync("Companion 001");
        await PatchAsync(first.Id, new { name = "Ada", instructions = "Be brief." });
        var changed = Companion(1, "Renamed by the catalogue");
        changed["description"] = "New description.";
        _catalogue.Serve(changed, Companion(2), Companion(4));

        await DueAsync();
        await Eventually.TrueAsync(async () => (await ListAsync()).Any(agent => agent.ExternalId == "c4"), "the catalogue is read again");

        var agents = await ListAsync();
        agents.Select(agent => agent.ExternalId).ShouldBe(["c1", "c2", "c4"], ignoreOrder: true);
        var kept = agents.Single(agent => agent.ExternalId == "c1");
        (kept.Id, kept.Name, kept.Description, kept.Instructions).ShouldBe((first.Id, "Ada", "New description.", "Be brief."));
        kept.Edited.ShouldBe(["name", "instructions"]);
    }

    [Fact]
    public async Task Keep_the_agents_while_the_catalogue_is_unavailable_empty_or_unchanged()
    {
        _catalogue.Serve(Companion(1), Companion(2));
        var catalogue = await ImportAsync();
        (await RefreshAsync(catalogue.Id)).Error.ShouldBeNull();
        _catalogue.Sent.ShouldBe(1);

        _catalogue.Failing = 500;
        (await RefreshAsync(catalogue.Id)).Error.ShouldBe("The server answered with status 500.");
        _catalogue.Failing = null;
        _catalogue.Serve();
        (await RefreshAsync(catalogue.Id)).Error.ShouldBe("The catalogue is empty.");
        _catalogue.ServeText("<html>");
        (await RefreshAsync(catalogue.Id)).Error.ShouldBe("The server's answer is not JSON.");

        (await ListAsync()).Count.ShouldBe(2);
        (await _tenant.Developer.DeleteAsync($"/api/agents/catalogues/{catalogue.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ListAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("http://companions.example/api")]
    [InlineData("https://127.0.0.1:1/api/companions")]
    public async Task Be_refused_at_addresses_that_are_not_safe(string url)
    {
        (await _tenant.Developer.PostAsJsonAsync("/api/agents/import", new { url }, Ct)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _tenant.Developer.GetFromJsonAsync<AgentCatalogue[]>("/api/agents/catalogues", Ct)).ShouldBeEmpty();
    }

    private async Task<AgentCatalogue> ImportAsync()
    {
        var response = await _tenant.Developer.PostAsJsonAsync("/api/agents/import", new { url = _catalogue.Address }, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<AgentCatalogue>(Ct))!;
    }

    private async Task<AgentCatalogue> RefreshAsync(Guid catalogue)
    {
        var response = await _tenant.Developer.PostAsync($"/api/agents/catalogues/{catalogue}/refresh", content: null, Ct);
        return (await response.Content.ReadFromJsonAsync<AgentCatalogue>(Ct))!;
    }

    // As if a day had passed.
    private async Task DueAsync()
    {
        await using var command = _database.OwnerSource.CreateCommand("update agent_catalogues set due_at = now()");
        await command.ExecuteNonQueryAsync(Ct);
    }

    private async Task<JsonArray> CompanionsAsync() =>
        (await _tenant.Developer.GetFromJsonAsync<JsonObject>("/api/companions", Ct))!["companions"]!.AsArray();

    private async Task<IReadOnlyList<Agent>> ListAsync() =>
        (await _tenant.Developer.GetFromJsonAsync<AgentPage>("/api/agents?limit=200", Ct))!.Items;

    private async Task<Agent> FindAsync(string name) => (await ListAsync()).Single(agent => agent.Name == name);

    private async Task PatchAsync(Guid id, object change) =>
        (await _tenant.Developer.PatchAsJsonAsync($"/api/agents/{id}", change, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
}

using System.Net;
using System.Net.Http.Json;
using Widget.Api.Operations;
using Widget.Api.Operations.Deletion;
using Widget.Api.Tests.Tavus;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Operations;

/// <summary>Deletes a tenant while nodes work for it and objects of it exist at Tavus.</summary>
public sealed class DeletionWhileServingShould(TavusWorld world) : IClassFixture<TavusWorld>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delete_everything_created_at_tavus()
    {
        var tenant = await world.TenantAsync(new
        {
            useTavusVideo = true,
            tavusReplicaId = VideoTenant.Replica,
            tavusMaxCallSeconds = 300,
            tavusGuardrails = new[] { new { name = "prices", prompt = "Never promise a price." } },
        });
        await tenant.Tenant.ImportAsync(new { id = "a", title = "A", text = "The only text." });
        var document = (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents", TestTenant.Json))!
            .Documents.Single();
        (await tenant.Developer.PostAsJsonAsync("/api/tavus/knowledge/publish", new { documentIds = new[] { document.Id } }))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.TrueAsync(async () => (await tenant.ListAsync("documents")).Count == 1, "it is published");
        var foreign = await tenant.AddDocumentAsync("https://shop.example/own", "The tenant's own");
        var preview = (await (await tenant.Developer.PostAsync("/api/tavus/persona/preview", null))
            .Content.ReadFromJsonAsync<TavusPersonaPreview>(TestTenant.Json))!;
        (await tenant.Developer.PostAsJsonAsync("/api/tavus/persona/apply", new { fingerprint = preview.Fingerprint }))
            .EnsureSuccessStatusCode();
        (await tenant.ListAsync("tools")).ShouldNotBeEmpty();
        var visitor = await tenant.Tenant.VisitAsync();
        await VideoTenant.OpenAsync(visitor);

        var deleted = await Deletion().DeleteAsync(tenant.Tenant.Created.Slug, Ct);

        deleted.Remaining.ShouldBeEmpty();
        deleted.AtTavus.Select(thing => thing.Kind).Distinct().Order().ShouldBe(["document", "guardrail", "persona", "tool"]);
        (await tenant.ListAsync("documents")).ShouldHaveSingleItem()["document_id"]!.GetValue<string>().ShouldBe(foreign);
        (await tenant.ListAsync("tools")).ShouldBeEmpty();
        (await tenant.ListAsync("guardrails")).ShouldBeEmpty();
        (await tenant.ListAsync("personas?persona_type=user")).ShouldBeEmpty();
        (await tenant.ListAsync("conversations")).ShouldHaveSingleItem()["status"]!.GetValue<string>().ShouldBe("ended");
        (await visitor.Client.GetAsync($"{visitor.Conversation}/events")).StatusCode.ShouldBeOneOf(
            HttpStatusCode.Unauthorized,
            HttpStatusCode.NotFound);
        (await visitor.SendAsync("Is anybody there?")).StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.NotFound);
        (await tenant.Developer.GetAsync("/api/settings")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        // The slug can be used again.
        await new TenantAdministration(world.Database.OwnerSource).CreateAsync(
            tenant.Tenant.Created.Slug,
            "Another",
            [TestTenant.Origin],
            Ct);
    }

    [Fact]
    public async Task Keep_a_persona_that_the_tenant_created_itself()
    {
        var tenant = await world.TenantAsync(new { useTavusVideo = true, tavusReplicaId = VideoTenant.Replica });
        var created = await tenant.SendAsync(
            HttpMethod.Post,
            "personas",
            new { persona_name = "Our own", system_prompt = "Be kind.", default_replica_id = VideoTenant.Replica });
        var own = created!["persona_id"]!.GetValue<string>();
        await tenant.SetAsync(settings => settings["tavusPersonaId"] = own);
        var preview = (await (await tenant.Developer.PostAsync("/api/tavus/persona/preview", null))
            .Content.ReadFromJsonAsync<TavusPersonaPreview>(TestTenant.Json))!;
        (await tenant.Developer.PostAsJsonAsync("/api/tavus/persona/apply", new { fingerprint = preview.Fingerprint }))
            .EnsureSuccessStatusCode();
        await tenant.SendAsync(
            HttpMethod.Patch,
            $"personas/{own}",
            new[] { new { op = "replace", path = "/persona_name", value = "Our own" } });

        var deleted = await Deletion().DeleteAsync(tenant.Tenant.Created.Slug, Ct);

        deleted.Remaining.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            left => left.Item.Id.ShouldBe(own),
            left => left.Reason.ShouldBe("it was not created by this installation"));
        (await tenant.PersonaAsync(own))["persona_name"]!.GetValue<string>().ShouldBe("Our own");
    }

    [Fact]
    public async Task Stop_work_in_progress_on_every_node_without_errors()
    {
        await world.Simulator.BehaveAsync(new { delayMs = 20_000 });
        await using var other = await ApiNode.StartAsync(world.Database, world.Simulator.Chat);
        var tenant = await world.TenantAsync();
        await tenant.Tenant.ImportAsync(new { id = "charging", title = "Charging", text = "The charger fills the battery in four hours." });
        var visitor = await tenant.Tenant.VisitAsync(other);
        var asking = visitor.SendAsync("How long does charging take?", accept: "application/json");
        var lines = string.Join(
            '\n',
            Enumerable.Range(0, 3_000).Select(
                i => $$"""{"id":"{{i}}","title":"Part {{i}}","text":"The part with the number {{i}} """
                    + $$"""fits the bike {{i % 7}} and costs {{i}} euros."}"""));
        using var body = new StringContent(lines, System.Text.Encoding.UTF8, "application/x-ndjson");
        (await tenant.Developer.PostAsync("/api/knowledge/import", body, Ct)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.TrueAsync(async () => (await JobsRunningAsync(tenant)) > 0, "the import is under way");
        await Eventually.TrueAsync(async () => (await world.Simulator.RequestsAsync()).Count > 0, "the model is asked");

        await Deletion().DeleteAsync(tenant.Tenant.Created.Slug, Ct);

        (await asking.WaitAsync(TimeSpan.FromSeconds(60), Ct)).IsSuccessStatusCode.ShouldBeFalse();
        var still = await world.TenantAsync();
        await still.Tenant.ImportAsync(new { id = "after", title = "After", text = "Other tenants' work goes on." });
        foreach (var node in new[] { world.Node, other })
        {
            node.Log.Lines.Where(
                line => line.Contains("Exception", StringComparison.Ordinal) && line.Contains("   at ", StringComparison.Ordinal))
                .ShouldBeEmpty();
        }

        await world.Simulator.BehaveAsync();
    }

    private TenantDeletion Deletion() => new(world.Database.OwnerSource, world.Node.Service<IServiceProvider>());

    private async Task<long> JobsRunningAsync(TavusTenant tenant)
    {
        await using var command = world.Database.OwnerSource.CreateCommand(
            "select count(*) from ingestion_jobs where tenant_id = $1 and lease_until > now() and done > 0 and finished_at is null");
        command.Parameters.Add(new() { Value = tenant.Id.Value });
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}

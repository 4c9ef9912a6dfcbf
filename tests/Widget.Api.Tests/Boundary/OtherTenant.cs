using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Boundary;

/// <summary>A tenant with data of every kind. Another tenant's callers may neither see nor change it.</summary>
internal sealed class OtherTenant
{
    /// <summary>A question that its knowledge answers. It does not contain the marker, because errors may quote the question.</summary>
    public const string Question = "How much does delivery to the island cost?";

    private readonly Dictionary<string, Guid> _ids = new(StringComparer.Ordinal);

    private OtherTenant(string marker, TestTenant tenant, TestVisitor visitor, string modelKey, Guid message) =>
        (Marker, Tenant, Visitor, ModelKey, Message) = (marker, tenant, visitor, modelKey, message);

    /// <summary>A word that occurs only in its knowledge, its conversations and its name.</summary>
    public string Marker { get; }

    public TestTenant Tenant { get; }

    public TestVisitor Visitor { get; }

    public string ModelKey { get; }

    public Guid Message { get; }

    public string Slug => Tenant.Created.Slug;

    public string SiteKey => Tenant.Created.SiteKey;

    public Guid Conversation => Visitor.Session.ConversationId;

    /// <summary>The id of its object of this kind, or else of its conversation.</summary>
    public Guid IdOf(string kind) => _ids.GetValueOrDefault(kind, Conversation);

    public static async Task<OtherTenant> CreateAsync(ApiFixture api, ApiNode node, string marker)
    {
        var created = await new TenantAdministration(api.Database.OwnerSource).CreateAsync(
            $"q{Guid.NewGuid():N}",
            $"{marker} Bikes",
            [TestTenant.Origin],
            CancellationToken.None);
        var tenant = new TestTenant(node, created);
        var delivery = new { id = "delivery", title = "Delivery", text = $"Delivery to the island costs 12 euros, from {marker}." };
        (await tenant.ImportAsync(delivery)).Status.ShouldBe(JobStatusName.Ready);
        var visitor = await tenant.VisitAsync();
        var answer = await visitor.AskAsync(Question);
        answer.Text.ShouldContain(marker);
        var key = await PostAsync("/api/keys/model", new { name = "tests" });
        var other = new OtherTenant(marker, tenant, visitor, key.GetProperty("key").GetString()!, answer.MessageId);
        other._ids["model"] = key.GetProperty("id").GetGuid();
        other._ids["answers"] =
            (await PostAsync("/api/knowledge/answers", new { question = $"Where is {marker}?", answer = $"{marker} is on the island." }))
                .GetProperty("id")
                .GetGuid();
        other._ids["questions"] =
            (await PostAsync("/api/evaluation/questions", new { name = marker, text = Question, facts = new[] { "12 euros" } }))
                .GetProperty("id")
                .GetGuid();
        var documents = await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents", TestTenant.Json);
        other._ids["documents"] = documents!.Documents.First(document => document.Title == "Delivery").Id;
        var sources = await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources", TestTenant.Json);
        other._ids["sources"] = sources!.Sources[0].Id;
        // Wait until all its documents are indexed.
        await Eventually.TrueAsync(
            async () =>
            {
                await using var open = api.Database.OwnerSource.CreateCommand(
                    "select not exists (select from ingestion_jobs where tenant_id = $1 and finished_at is null) and not exists "
                        + "(select from ingestion_items where tenant_id = $1)");
                open.Parameters.Add(new() { Value = created.TenantId });
                return await open.ExecuteScalarAsync() is true;
            },
            "its documents are indexed");
        return other;

        async Task<JsonElement> PostAsync(string path, object body)
        {
            var response = await tenant.Developer.PostAsJsonAsync(path, body);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    /// <summary>Hashes of all its rows in the database.</summary>
    public async Task<string> StateAsync(TestDatabase database)
    {
        var tables = new List<string>();
        await using (var list = database.OwnerSource.CreateCommand(
            "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id' order "
                + "by table_name"))
        await using (var rows = await list.ExecuteReaderAsync())
            while (await rows.ReadAsync()) tables.Add(rows.GetString(0));
        var state = new List<string>();
        foreach (var table in tables)
        {
            await using var read = database.OwnerSource.CreateCommand(
                $"select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from \"{table}\" t where "
                    + "tenant_id = $1");
            read.Parameters.Add(new() { Value = Tenant.Created.TenantId });
            state.Add($"{table}: {await read.ExecuteScalarAsync()}");
        }

        return string.Join('\n', state);
    }
}

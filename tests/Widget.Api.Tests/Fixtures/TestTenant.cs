using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Fixtures;

/// <summary>A tenant with knowledge and its two kinds of callers.</summary>
internal sealed class TestTenant(ApiNode node, CreatedTenant created)
{
    public const string Origin = "https://shop.example";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    public CreatedTenant Created => created;

    public HttpClient Developer { get; } = node.Client(created.ApiKey);

    public static Task<TestTenant> CreateAsync(ApiFixture api, ApiNode? node = null) => CreateAsync(api.Database, node ?? api.Node);

    /// <summary>A tenant in a database without other nodes than those of the test.</summary>
    public static async Task<TestTenant> CreateAsync(TestDatabase database, ApiNode node)
    {
        var slug = $"t{Guid.NewGuid():N}";
        var administration = new TenantAdministration(database.OwnerSource);
        var created = await administration.CreateAsync(slug, "Harbor Bikes", [Origin], CancellationToken.None);
        return new TestTenant(node, created);
    }

    /// <summary>A tenant that knows about charging, the warranty and delivery.</summary>
    public static async Task<TestTenant> WithKnowledgeAsync(ApiFixture api, ApiNode? node = null)
    {
        var tenant = await CreateAsync(api, node);
        await tenant.ImportAsync(
            new
            {
                id = "charging",
                title = "Charging",
                text = "The standard charger fills the battery in four and a half hours. The fast charger needs two hours.",
                url = "https://shop.example/charging",
            },
            new
            {
                id = "warranty",
                title = "Warranty",
                text = "The frame is covered for five years. The battery is covered for two years or 700 cycles.",
            },
            new { id = "shipping", title = "Shipping", text = "Delivery within Germany costs 49 euros. To Denmark it costs 89 euros." });
        return tenant;
    }

    public async Task<JobState> ImportAsync(params object[] lines)
    {
        var body = new StringContent(string.Join('\n', lines.Select(line => line as string ?? JsonSerializer.Serialize(line))));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return await FinishedAsync(await Developer.PostAsync("/api/knowledge/import", body));
    }

    public async Task<JobState> FinishedAsync(HttpResponseMessage accepted)
    {
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync());
        var job = (await accepted.Content.ReadFromJsonAsync<JobAccepted>())!;
        JobState? state = null;
        await Eventually.TrueAsync(
            async () =>
            {
                state = await Developer.GetFromJsonAsync<JobState>($"/api/knowledge/jobs/{job.JobId}", Json);
                return state!.Status is JobStatusName.Ready or JobStatusName.Failed;
            },
            "the job is finished");
        return state!;
    }

    public async Task<TestVisitor> VisitAsync(ApiNode? at = null, Guid? visitorId = null, bool newConversation = false)
    {
        using var client = (at ?? node).Client();
        var response = await client.PostAsJsonAsync("/api/widget/session", new { siteKey = created.SiteKey, visitorId, newConversation });
        response.EnsureSuccessStatusCode();
        return new TestVisitor(at ?? node, (await response.Content.ReadFromJsonAsync<SessionResponse>(Json))!);
    }
}

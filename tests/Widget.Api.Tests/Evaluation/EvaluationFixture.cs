using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Evaluation;

/// <summary>What the tests of evaluation share: test questions, and a tenant that has them.</summary>
internal static class EvaluationFixture
{
    public static readonly object[] Questions =
    [
        new
        {
            name = "charging",
            text = "How long does charging with the fast charger take?",
            sources = new[] { "charging" },
            facts = new[] { "two hours" },
        },
        new
        {
            name = "delivery",
            text = "What does delivery to Denmark cost?",
            sources = new[] { "shipping" },
            facts = new[] { "89 Euros" },
        },
        new
        {
            name = "by address",
            text = "How long does the standard charger take?",
            sources = new[] { "https://shop.example/charging/" },
        },
        new { name = "physics", text = "Explain quantum entanglement, please", shouldRefuse = true },
        new { name = "wishful", text = "How long is the warranty on the frame?", sources = new[] { "no-such-document" } },
    ];

    /// <summary>A tenant with knowledge and all test questions.</summary>
    public static async Task<TestTenant> CreateTenantAsync(ApiFixture api)
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        (await ImportAsync(tenant, string.Join('\n', Questions.Select(question => JsonSerializer.Serialize(question))))).Added.ShouldBe(5);
        return tenant;
    }

    /// <summary>Imports test questions.</summary>
    public static async Task<EvaluationImport> ImportAsync(TestTenant tenant, string body)
    {
        var response = await tenant.Developer.PostAsync(
            "/api/evaluation/questions/import",
            new StringContent(body, new MediaTypeHeaderValue("application/x-ndjson")));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<EvaluationImport>(TestTenant.Json))!;
    }

    /// <summary>Starts a run and waits for its end.</summary>
    public static async Task<EvaluationReport> RunAsync(TestTenant tenant, object request)
    {
        var response = await tenant.Developer.PostAsJsonAsync("/api/evaluation/runs", request);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return await FinishedAsync(tenant, (await response.Content.ReadFromJsonAsync<EvaluationRun>(TestTenant.Json))!.Id);
    }

    /// <summary>Waits for the end of a run.</summary>
    public static async Task<EvaluationReport> FinishedAsync(TestTenant tenant, Guid run)
    {
        EvaluationReport? report = null;
        await Eventually.TrueAsync(
            async () =>
                (report = await tenant.Developer.GetFromJsonAsync<EvaluationReport>($"/api/evaluation/runs/{run}", TestTenant.Json))!
                    .Run.FinishedAt is not null,
            "the run ends");
        return report!;
    }

    /// <summary>Executes a statement as the owner of the tables.</summary>
    public static async Task ExecuteAsync(ApiFixture api, string sql, params object[] values)
    {
        await using var command = api.Database.OwnerSource.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0);
    }

    /// <summary>The number of a tenant's rows in a table.</summary>
    public static async Task<long> CountAsync(ApiFixture api, string table, TestTenant tenant)
    {
#pragma warning disable CA2100 // The table names are constants of the tests.
        await using var command = api.Database.OwnerSource.CreateCommand($"select count(*) from {table} where tenant_id = $1");
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = tenant.Created.TenantId });
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Widget.Api.Usage;
using Widget.Contracts;

namespace Widget.Api.Tests.Limits;

/// <summary>A tenant's monthly ceilings: a warning at 80 %, and answers that quote their sources once a ceiling is reached.</summary>
public sealed class BudgetShould(ApiFixture api)
{
    private const string Question = "How long does charging take?";
    private static readonly string[] Warned = ["has used more than 80 %", "has reached this month's ceiling"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quote_instead_of_asking_the_model_once_the_months_tokens_are_used_up()
    {
        await api.Simulator.BehaveAsync();
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        (await SaveAsync(tenant, new { monthlyTokens = 1 })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var visitor = await tenant.VisitAsync();

        var first = await visitor.AskAsync(Question);
        var asked = (await api.Simulator.RequestsAsync()).Count;
        var second = await visitor.AskAsync("And to Denmark, what does delivery cost?");

        first.Outcome.ShouldBe(AnswerOutcome.Answered);
        second.Outcome.ShouldBe(AnswerOutcome.Quoted);
        second.Text.ShouldContain("89 euros");
        // The model is called neither to rewrite nor to answer the question.
        (await api.Simulator.RequestsAsync()).Count.ShouldBe(asked);
        var usage = await UsageAsync(tenant);
        usage.State.ShouldBe(BudgetState.Reached);
        usage.Tokens.State.ShouldBe(BudgetState.Reached);
        usage.Messages.ShouldBe(new MonthlyUsage(2, null, BudgetState.Ok));
    }

    [Fact]
    public async Task Answer_chat_completions_without_the_model_once_the_tokens_are_used_up()
    {
        await api.Simulator.BehaveAsync();
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var body = new { model = "widget", messages = new[] { new { role = "user", content = Question } } };
        await SaveAsync(tenant, new { monthlyTokens = 1 });

        var first = await tenant.Developer.PostAsJsonAsync("/v1/chat/completions", body, Ct);
        var counted = await UsageAsync(tenant);
        var asked = (await api.Simulator.RequestsAsync()).Count;
        var second = await tenant.Developer.PostAsJsonAsync("/v1/chat/completions", body, Ct);

        var told = (await first.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("usage");
        (counted.InputTokens, counted.OutputTokens, counted.EstimatedTokens)
            .ShouldBe((told.GetProperty("prompt_tokens").GetInt64(), told.GetProperty("completion_tokens").GetInt64(), 0));
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.Content.ReadAsStringAsync(Ct)).ShouldContain("four and a half hours");
        (await api.Simulator.RequestsAsync()).Count.ShouldBe(asked);
    }

    [Fact]
    public async Task Quote_instead_of_asking_the_model_once_the_months_messages_are_used_up()
    {
        await api.Simulator.BehaveAsync();
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await SaveAsync(tenant, new { monthlyMessages = 2 });
        var visitor = await tenant.VisitAsync();
        for (var i = 0; i < 2; i++) (await visitor.AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Answered);

        (await visitor.AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Quoted);
        (await UsageAsync(tenant)).Messages.ShouldBe(new MonthlyUsage(3, 2, BudgetState.Reached));
    }

    [Fact]
    public async Task Count_no_tokens_while_the_model_is_unreachable()
    {
        var unreachable = api.Simulator.Chat with { Endpoint = new Uri($"http://127.0.0.1:{Simulator.FreePort()}/v1") };
        await using var node = await ApiNode.StartAsync(api.Database, unreachable);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);

        (await (await tenant.VisitAsync()).AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Quoted);

        var usage = await UsageAsync(tenant);
        (usage.Tokens.Used, usage.EstimatedTokens).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Apply_the_operators_ceiling_if_it_is_lower()
    {
        await api.Simulator.BehaveAsync();
        await using var node = await ApiNode.StartAsync(
            api.Database,
            api.Simulator.Chat,
            budgets: new BudgetOptions { MonthlyMessages = 1 });
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await SaveAsync(tenant, new { monthlyMessages = 100 });
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync(Question);

        (await visitor.AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Quoted);
    }

    [Fact]
    public async Task Log_the_warning_at_80_percent_once_for_all_nodes()
    {
        await using var one = await ApiNode.StartAsync(api.Database);
        await using var two = await ApiNode.StartAsync(api.Database);
        var tenant = await TestTenant.WithKnowledgeAsync(api, one);
        await SaveAsync(tenant, new { monthlyMessages = 10 });
        await AddUsageAsync(tenant, "answer", 8);

        foreach (var node in new[] { one, two, one, two })
        {
            var visitor = await tenant.VisitAsync(node);
            if ((await UsageAsync(tenant)).Messages.Used < 10) await visitor.AskAsync(Question);
        }

        var lines = one.Log.Lines.Concat(two.Log.Lines).Concat(api.Node.Log.Lines).Where(
            line => line.Contains(tenant.Created.TenantId.ToString(), StringComparison.Ordinal))
            .ToList();
        lines.Count(line => line.Contains(Warned[0], StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Refuse_a_ceiling_on_spend_without_a_known_price()
    {
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.CreateAsync(api, node);

        var response = await SaveAsync(tenant, new { monthlyModelSpend = 10 });

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        problem.GetProperty("title").GetString()!.ShouldContain("needs the price of the model \"sim-chat\", which is unknown");
        problem.GetProperty("errors").GetProperty("budget.monthlyModelSpend").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Treat_an_unknown_price_as_reached_and_not_as_zero()
    {
        await api.Simulator.BehaveAsync();
        var priced = new BudgetOptions { Prices = new Dictionary<string, ModelPrice> { ["sim-chat"] = new(100, 200) } };
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat, budgets: priced);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        (await SaveAsync(tenant, new { monthlyModelSpend = 10 })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await tenant.VisitAsync()).AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Answered);
        var known = await UsageAsync(tenant);
        known.ModelSpend.Used!.Value.ShouldBe(((known.InputTokens * 100) + (known.OutputTokens * 200)) / 1_000_000m, 0.0001m);

        // On another node, the operator has not set the price.
        await using var other = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var unknown = (await new TestTenant(other, tenant.Created).Developer.GetFromJsonAsync<UsageReport>(
            "/api/usage",
            TestTenant.Json,
            Ct))!;
        var answer = await (await tenant.VisitAsync(other)).AskAsync(Question);

        unknown.ModelSpend.ShouldBe(new MonthlyUsage(null, 10, BudgetState.PriceUnknown));
        unknown.UnpricedModels.ShouldBe(["sim-chat"]);
        answer.Outcome.ShouldBe(AnswerOutcome.Quoted);
        other.Log.Lines.ShouldContain(line => line.Contains("the price of a model is unknown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_again_each_month()
    {
        await using var node = await ApiNode.StartAsync(api.Database);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await SaveAsync(tenant, new { monthlyMessages = 1 });
        await AddUsageAsync(tenant, "answer", 5, "date_trunc('month', now() at time zone 'utc') at time zone 'utc' - interval '1 second'");

        (await (await tenant.VisitAsync()).AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Quoted);
        (await UsageAsync(tenant)).Messages.Used.ShouldBe(1);
    }

    private static Task<HttpResponseMessage> SaveAsync(TestTenant tenant, object budget) =>
        tenant.Developer.PutAsJsonAsync("/api/settings", new { budget }, Ct);

    private static async Task<UsageReport> UsageAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<UsageReport>("/api/usage", TestTenant.Json, Ct))!;

    private async Task AddUsageAsync(TestTenant tenant, string kind, int count, string at = "now()")
    {
#pragma warning disable CA2100 // The time is a literal of a test above.
        await using var command = api.Database.OwnerSource.CreateCommand(
            $"insert into usage_records (tenant_id, kind, reference, seconds, at) select tenant_id, $2, gen_random_uuid(), 0, {at} "
                + "from tenants, generate_series(1, $3) where slug = $1");
#pragma warning restore CA2100
        foreach (var value in new object[] { tenant.Created.Slug, kind, count })
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(Ct);
    }
}

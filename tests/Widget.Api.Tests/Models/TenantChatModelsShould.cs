using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Widget.Api.Answers;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.Tests.Models;

/// <summary>
/// Tenants' own language models. The installation's model and the tenants' models are at two simulators, so that a key that reaches the
/// wrong server is seen.
/// </summary>
public sealed class TenantChatModelsShould(ApiFixture api) : IAsyncLifetime
{
    private const string Question = "How long does the fast charger need?";
    private const string Key = "sim-key";

    private Simulator _installations = null!;
    private Simulator _tenants = null!;
    private ApiNode _node = null!;

    private string Endpoint => new Uri(_tenants.Address, "/v1").AbsoluteUri;

    private ChatModelOptions InstallationsModel => _installations.Chat with { Key = "sim-key-of-installation" };

    public async ValueTask InitializeAsync()
    {
        (_installations, _tenants) = (await Simulator.StartAsync(), await Simulator.StartAsync());
        _node = await StartNodeAsync(InstallationsModel);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _installations.DisposeAsync();
        await _tenants.DisposeAsync();
    }

    [Fact]
    public async Task Write_the_tenants_answers_instead_of_the_installations_model()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        (await StateAsync(tenant)).Source.ShouldBe(TavusKeySource.Platform);
        var saved = await SaveAsync(tenant, new { model = "sim-chat", endpoint = Endpoint, key = Key });
        saved.Words.ShouldContain("is used");
        (saved.Source, saved.Model, saved.Endpoint, saved.KeyHint).ShouldBe((TavusKeySource.Own, "sim-chat", Endpoint, null));
        var visitor = await tenant.VisitAsync();

        (await visitor.AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Answered);
        await _tenants.BehaveAsync(new { rewrite = "What does delivery to Denmark cost, beside the fast charger?" });
        var followUp = await visitor.AskAsync("And how much is it to Denmark?");
        var completion = await CompleteAsync(tenant);

        followUp.Outcome.ShouldBe(AnswerOutcome.Answered);
        completion.ShouldContain("two hours");
        // The follow-up was rewritten and answered, and the completion was written, all by the tenant's model.
        (await _tenants.RequestsAsync()).Count.ShouldBe(3);
        (await _tenants.KeysAsync()).ShouldAllBe(key => key == $"Bearer {Key}");
        (await _installations.KeysAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_used_in_parallel_by_tenants_with_different_models()
    {
        await using var node = await StartNodeAsync(_installations.Chat);
        var (first, second, third) = (
            await TestTenant.WithKnowledgeAsync(api, node),
            await TestTenant.WithKnowledgeAsync(api, node),
            await TestTenant.WithKnowledgeAsync(api, node));
        await SaveAsync(first, new { model = "sim-chat", endpoint = Endpoint, key = Key });
        await SaveAsync(second, new { provider = "ollama", model = "no-such-model", endpoint = Path("/ollama/v1") });
        (TestTenant Tenant, AnswerOutcome Expected)[] questions = [.. Enumerable.Repeat(
            new[] { (first, AnswerOutcome.Answered), (second, AnswerOutcome.Quoted), (third, AnswerOutcome.Answered) }, 4)
            .SelectMany(tenants => tenants)];

        var outcomes = await Task.WhenAll(questions.Select(async question =>
            (await (await question.Tenant.VisitAsync()).AskAsync(Question)).Outcome));

        outcomes.ShouldBe(questions.Select(question => question.Expected));
        (await _tenants.RequestsAsync()).Count.ShouldBe(4);
        (await _installations.RequestsAsync()).Count.ShouldBe(4);
        (await StateAsync(second)).Words.ShouldContain("check the tenant's endpoint and the tenant's model");
        (await StateAsync(first)).Words.ShouldBe("The tenant's own model is used.");
        using var client = node.Client();
        (await client.GetStringAsync("/health/ready")).ShouldNotContain("failed");
    }

    [Fact]
    public async Task Silence_no_other_model_when_one_is_silent()
    {
        await using var node = await StartNodeAsync(_installations.Chat with { FirstTokenTimeout = TimeSpan.FromSeconds(3) });
        var (silent, other) = (await TestTenant.WithKnowledgeAsync(api, node), await TestTenant.WithKnowledgeAsync(api, node));
        await SaveAsync(silent, new { model = "sim-chat", endpoint = Endpoint, key = Key });
        await _tenants.BehaveAsync(new { delayMs = 60_000 });

        for (var i = 0; i < 3; i++) (await AskAsync(silent)).Outcome.ShouldBe(AnswerOutcome.Quoted);
        var asked = (await _tenants.RequestsAsync()).Count;
        (await AskAsync(silent)).Outcome.ShouldBe(AnswerOutcome.Quoted);

        (await _tenants.RequestsAsync()).Count.ShouldBe(asked);
        (await AskAsync(other)).Outcome.ShouldBe(AnswerOutcome.Answered);
        // Saving the model again ends the pause.
        await _tenants.BehaveAsync();
        await SaveAsync(silent, new { model = "sim-chat", endpoint = Endpoint });
        (await AskAsync(silent)).Outcome.ShouldBe(AnswerOutcome.Answered);
    }

    [Fact]
    public async Task Be_refused_with_a_wrong_key_or_an_address_that_is_not_safe()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        var closed = new Uri($"http://127.0.0.1:{Simulator.FreePort()}/v1").AbsoluteUri;

        (await RefusedAsync(tenant, new { model = "sim-chat", endpoint = Endpoint, key = "sk-another-key" }))
            .ShouldContain("does not accept the key");
        (await RefusedAsync(tenant, new { provider = "vllm", model = "sim-chat", endpoint = Endpoint })).ShouldContain("requires a key");
        (await RefusedAsync(tenant, new { model = "sim-chat", endpoint = Endpoint })).ShouldContain("key is missing");
        (await RefusedAsync(tenant, new { provider = "ollama", model = "llama" })).ShouldContain("endpoint is missing");
        (await RefusedAsync(tenant, new { endpoint = Endpoint, key = Key })).ShouldContain("model is missing");
        (await RefusedAsync(tenant, new { model = "m", endpoint = "http://models.example/v1", key = Key })).ShouldContain("https");
        (await RefusedAsync(tenant, new { model = "m", endpoint = "https://models.example/v1?a=b", key = Key })).ShouldContain("query");
        (await RefusedAsync(tenant, new { provider = "ollama", model = "m", endpoint = closed })).ShouldContain("no public address");

        (await StateAsync(tenant)).Source.ShouldBe(TavusKeySource.Platform);
        (await tenant.Developer.DeleteAsync("/api/models/chat")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await tenant.Developer.PostAsync("/api/models/chat/test", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keep_the_key_secret_and_at_its_server()
    {
        const string Azure = "sim-azure-key";
        var tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        var other = new Uri(_installations.Address, "/v1").AbsoluteUri;
        var endpoint = Path("/azure/openai/v1");
        var responses = new List<string>();
        var saved = await tenant.Developer.PutAsJsonAsync(
            "/api/models/chat",
            new { provider = "azure", model = "sim-chat", endpoint, key = Azure });
        saved.StatusCode.ShouldBe(HttpStatusCode.OK);
        responses.Add(await saved.Content.ReadAsStringAsync());
        responses.Add(await tenant.Developer.GetStringAsync("/api/models/chat"));
        responses.Add(await (await tenant.Developer.PostAsync("/api/models/chat/test", null)).Content.ReadAsStringAsync());
        (await AskAsync(tenant)).Outcome.ShouldBe(AnswerOutcome.Answered);

        // Another server does not get the saved key; the same server does.
        (await RefusedAsync(tenant, new { model = "sim-chat", endpoint = other })).ShouldContain("not sent to another server");
        (await SaveAsync(tenant, new { provider = "azure", model = "sim-chat-2", endpoint })).KeyHint.ShouldBe("-key");
        (await RefusedAsync(tenant, new { provider = "openai_compatible", model = "sim-chat", endpoint = other }))
            .ShouldContain("requires a key");

        (await _tenants.KeysAsync()).ShouldAllBe(key => key == Azure);
        (await _installations.KeysAsync()).ShouldNotContain(key => key.Contains(Azure, StringComparison.Ordinal));
        responses.ShouldAllBe(response => !response.Contains(Azure, StringComparison.Ordinal));
        _node.Log.Lines.ShouldAllBe(line => !line.Contains(Azure, StringComparison.Ordinal));
        (await StoredAsync(tenant)).ShouldNotContain(Azure);

        var removed = await tenant.Developer.DeleteAsync("/api/models/chat");
        (await removed.Content.ReadFromJsonAsync<OwnModelState>(TestTenant.Json))!.Source.ShouldBe(TavusKeySource.Platform);
        (await StoredAsync(tenant)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Quote_when_the_key_cannot_be_decrypted_any_more()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        await SaveAsync(tenant, new { model = "sim-chat", endpoint = Endpoint, key = Key });
        await ChangeAsync(tenant, "protected_key = 'damaged'");
        await using var node = await StartNodeAsync(_installations.Chat);
        var there = new TestTenant(node, tenant.Created);

        (await (await there.VisitAsync(node)).AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Quoted);

        (await StateAsync(there)).Words.ShouldContain("can no longer be decrypted");
        (await TestAsync(there)).Checks.ShouldHaveSingleItem().Name.ShouldBe("key");
        (await _installations.RequestsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_send_a_key_to_an_endpoint_that_it_was_not_saved_for()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        await SaveAsync(tenant, new { model = "sim-chat", endpoint = Endpoint, key = Key });
        await ChangeAsync(tenant, $"endpoint = '{new Uri(_installations.Address, "/v1")}'");
        await using var node = await StartNodeAsync(new ChatModelOptions());

        (await (await new TestTenant(node, tenant.Created).VisitAsync(node)).AskAsync(Question)).Outcome.ShouldBe(AnswerOutcome.Quoted);

        (await _installations.KeysAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Explain_what_is_wrong_with_them()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        await SaveAsync(tenant, new { model = "sim-chat", endpoint = Endpoint, key = Key });
        var works = await TestAsync(tenant);
        works.Ok.ShouldBeTrue();
        works.Checks[^1].Words.ShouldContain("sim-chat answers");

        await SaveAsync(tenant, new { model = "sim-large", endpoint = Endpoint });
        (await FailureAsync(tenant)).ShouldBe((
            "model",
            $"{_tenants.Address.Authority} has no model sim-large. It has sim-chat, sim-embedding, sim-transcription, sim-vision."));
        await SaveAsync(tenant, new { model = "sim-embedding", endpoint = Endpoint });
        (await FailureAsync(tenant)).ShouldBe(("model", $"sim-embedding at {_tenants.Address.Authority} is no chat model."));
        await SaveAsync(tenant, new { provider = "openai_compatible", model = "sim-chat", endpoint = Path("/nothing/v1") });
        (await FailureAsync(tenant)).Words.ShouldContain("no API is below /nothing/v1");
        await SaveAsync(tenant, new { provider = "azure", model = "gpt", endpoint = Path("/azure/openai/v1"), key = "sim-azure-key" });
        (await FailureAsync(tenant)).Words.ShouldContain("no deployment named gpt");

        await SaveAsync(tenant, new { model = "sim-chat", endpoint = Endpoint, key = Key });
        await _tenants.BehaveAsync(new { delayMs = 60_000 });
        await using var hasty = await StartNodeAsync(InstallationsModel with { FirstTokenTimeout = TimeSpan.FromSeconds(2) });
        var watch = Stopwatch.StartNew();
        (await FailureAsync(new TestTenant(hasty, tenant.Created))).Words.ShouldContain("did not begin to answer within 2 s");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40));
        await _tenants.BehaveAsync(new { failNext = 10, failStatus = 500 });
        (await FailureAsync(tenant)).Words.ShouldContain("its server reported an error");
        await _tenants.BehaveAsync(new { cutAfter = 2, reply = "One two three four" });
        (await FailureAsync(tenant)).Name.ShouldBe("answers");
        await ChangeAsync(tenant, "protected_key = null, updated_at = now()");
        await using var node = await StartNodeAsync(InstallationsModel);
        (await FailureAsync(new TestTenant(node, tenant.Created))).Words.ShouldContain("requires a key");
    }

    [Fact]
    public async Task Explain_that_a_server_cannot_be_reached()
    {
        var gone = await Simulator.StartAsync();
        await using var node = await StartNodeAsync(InstallationsModel, gone);
        var tenant = await TestTenant.CreateAsync(api, node);
        await SaveAsync(tenant, new { provider = "ollama", model = "sim-chat", endpoint = new Uri(gone.Address, "/ollama/v1") });
        await gone.DisposeAsync();

        (await FailureAsync(tenant)).ShouldBe(("endpoint", $"No server can be reached at {gone.Address.Authority}. Check the endpoint, and "
            + "whether the server runs."));
        (await SaveAsync(tenant, new { provider = "vllm", model = "sim-chat", endpoint = gone.Address.AbsoluteUri })).Words
            .ShouldContain("could not be checked");
    }

    [Fact]
    public async Task Count_the_tokens_for_the_tenant_with_the_price_of_its_model()
    {
        await using var node = await StartNodeAsync(
            _installations.Chat,
            budgets: new BudgetOptions
            {
                ChatModel = "sim-chat",
                Prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal) { ["sim-chat"] = new(1, 1) },
            });
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await SaveAsync(tenant, new { provider = "ollama", model = "free-model", endpoint = Path("/ollama/v1") });
        var unpriced = await UsageAsync(tenant);
        unpriced.UnpricedModels.ShouldBe(["free-model"]);
        (await PutSpendAsync(tenant)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        await SaveAsync(tenant, new { provider = "ollama", model = "sim-chat", endpoint = Path("/ollama/v1") });
        (await PutSpendAsync(tenant)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AskAsync(tenant)).Outcome.ShouldBe(AnswerOutcome.Answered);
        await TestAsync(tenant);

        var report = await UsageAsync(tenant);
        (report.Messages.Used, report.Tokens.Used > 0, report.ModelSpend.State).ShouldBe((1, true, BudgetState.Ok));
        (await RefusedAsync(tenant, new { provider = "ollama", model = "free-model", endpoint = Path("/ollama/v1") }))
            .ShouldContain("price of free-model is unknown");
    }

    private Task<ApiNode> StartNodeAsync(ChatModelOptions chat, Simulator? also = null, BudgetOptions? budgets = null)
    {
        string[] hosts = [_tenants.Address.Authority, _installations.Address.Authority, also?.Address.Authority ?? ""];
        return ApiNode.StartAsync(
            api.Database,
            chat,
            fetching: new FetchOptions { AllowedPrivateHosts = hosts.ToHashSet(StringComparer.Ordinal) },
            budgets: budgets);
    }

    private string Path(string path) => new Uri(_tenants.Address, path).AbsoluteUri;

    private static async Task<AssistantMessage> AskAsync(TestTenant tenant) => await (await tenant.VisitAsync()).AskAsync(Question);

    private static async Task<string> CompleteAsync(TestTenant tenant)
    {
        var response = await tenant.Developer.PostAsJsonAsync(
            "/v1/chat/completions",
            new { model = "widget", messages = new[] { new { role = "user", content = Question } } });
        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }

    private static async Task<OwnModelState> StateAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<OwnModelState>("/api/models/chat", TestTenant.Json))!;

    private static async Task<OwnModelState> SaveAsync(TestTenant tenant, object model)
    {
        var response = await tenant.Developer.PutAsJsonAsync("/api/models/chat", model);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<OwnModelState>(TestTenant.Json))!;
    }

    private static async Task<string> RefusedAsync(TestTenant tenant, object model)
    {
        var response = await tenant.Developer.PutAsJsonAsync("/api/models/chat", model);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<ConnectionReport> TestAsync(TestTenant tenant)
    {
        var response = await tenant.Developer.PostAsync("/api/models/chat/test", null);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await response.Content.ReadFromJsonAsync<ConnectionReport>(TestTenant.Json))!;
    }

    private static async Task<(string Name, string Words)> FailureAsync(TestTenant tenant)
    {
        var report = await TestAsync(tenant);
        report.Ok.ShouldBeFalse();
        var failed = report.Checks.Single(check => !check.Ok);
        return (failed.Name, failed.Words);
    }

    private static async Task<UsageReport> UsageAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<UsageReport>("/api/usage", TestTenant.Json))!;

    private static Task<HttpResponseMessage> PutSpendAsync(TestTenant tenant) =>
        tenant.Developer.PutAsJsonAsync("/api/settings", new { budget = new { monthlyModelSpend = 100 } });

    private async Task<string> StoredAsync(TestTenant tenant)
    {
        await using var read = api.Database.OwnerSource.CreateCommand(
            "select coalesce(string_agg(t::text, ''), '') from tenant_models t where tenant_id = $1");
        read.Parameters.Add(new NpgsqlParameter { Value = tenant.Created.TenantId });
        return (string)(await read.ExecuteScalarAsync())!;
    }

    private async Task ChangeAsync(TestTenant tenant, string set)
    {
        await using var change = api.Database.OwnerSource.CreateCommand($"update tenant_models set {set} where tenant_id = $1");
        change.Parameters.Add(new NpgsqlParameter { Value = tenant.Created.TenantId });
        (await change.ExecuteNonQueryAsync()).ShouldBe(1);
    }
}

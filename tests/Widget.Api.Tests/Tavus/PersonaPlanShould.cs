using System.Text.Json;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Provisioning;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Rag.Storage;

namespace Widget.Api.Tests.Tavus;

/// <summary>What is changed of a persona whose model is, or was, ours.</summary>
public sealed class PersonaPlanShould
{
    private static readonly TenantInfo Tenant = new(TenantId.New(), "harbor", "Harbor Bikes");
    private static readonly Dictionary<string, string> NoGuardrails = [];
    private static readonly AppliedPersona Ours = new() { ModelAddress = "https://widget.example/v1", ModelKeyId = Guid.NewGuid() };

    [Fact]
    public void Keep_the_marks_of_other_tenants_out_of_a_shared_account()
    {
        var theirs = $"widget:{Guid.NewGuid()}";
        var settings = new TenantSettings { TavusDocumentTags = [theirs, "widget-copy:x", "manuals"] };

        PersonaWish.Of(Tenant, settings, null, accountIsTenants: false).DocumentTags.ShouldBe(["manuals", $"widget:{Tenant.TenantId}"]);
        PersonaWish.Of(Tenant, settings, null, accountIsTenants: true).DocumentTags.ShouldContain(theirs);
    }

    [Fact]
    public void Give_our_model_with_a_key_that_no_preview_shows()
    {
        var plan = Plan(custom: true, """{"llm": {"model": "tavus-gpt-oss", "extra_body": {"a": 1}}}""");

        plan.NeedsModelKey.ShouldBeTrue();
        plan.Shown().ToJsonString().ShouldNotContain("mk_");
        var sent = plan.Patch(NoGuardrails, "mk_secret").Where(operation => operation.Path.StartsWith("/layers", StringComparison.Ordinal)).ToDictionary(operation => operation.Path, operation => (operation.Op, operation.Value!.ToString()));
        sent.ShouldBe(new Dictionary<string, (string, string)>
        {
            ["/layers/llm/base_url"] = ("add", "https://widget.example/v1"),
            ["/layers/llm/model"] = ("replace", "widget"),
            ["/layers/llm/api_key"] = ("add", "mk_secret"),
            ["/layers/llm/speculative_inference"] = ("add", "true"),
        });
    }

    [Theory]
    [InlineData("null", "/layers")]
    [InlineData("""{"tts": {}}""", "/layers/llm")]
    public void Make_the_layers_that_are_missing(string layers, string path) =>
        Plan(custom: true, layers).Patch(NoGuardrails, "mk_secret").Single(operation => operation.Path.StartsWith("/layers", StringComparison.Ordinal))
            .ShouldSatisfyAllConditions(
                operation => (operation.Op, operation.Path).ShouldBe(("add", path)),
                operation => operation.Value!.ToJsonString().ShouldContain("\"api_key\":\"mk_secret\""));

    [Fact]
    public void Leave_our_model_as_it_is()
    {
        var plan = Plan(custom: true, """{"llm": {"base_url": "https://widget.example/v1", "model": "widget", "api_key": "mk_****", "speculative_inference": true}}""", Ours);

        (plan.NeedsModelKey, plan.Changes.Any(change => change.Path.StartsWith("tavusCustomModel", StringComparison.Ordinal))).ShouldBe((false, false));
    }

    [Fact]
    public void Take_our_model_back_but_nobody_elses()
    {
        const string There = """{"llm": {"base_url": "https://widget.example/v1", "model": "widget", "api_key": "mk_secret", "speculative_inference": true}}""";
        var ours = Plan(custom: false, There, Ours);
        ours.Patch(NoGuardrails, null).Where(operation => operation.Op == "remove").Select(operation => operation.Path)
            .ShouldBe(["/layers/llm/base_url", "/layers/llm/api_key", "/layers/llm/model"]);
        JsonSerializer.Serialize(ours.Changes).ShouldNotContain("mk_secret");

        Plan(custom: false, There.Replace("widget.example", "elsewhere.example"), Ours).Patch(NoGuardrails, null).ShouldNotContain(operation => operation.Op == "remove");
    }

    [Fact]
    public void Take_nothing_that_people_write_for_a_secret_or_an_id()
    {
        var settings = new TenantSettings { AgentName = "new:x", AgentInstructions = PersonaPlan.Masked };
        var plan = PersonaPlan.Of(PersonaWish.Of(Tenant, settings, null, accountIsTenants: true), null, AppliedPersona.Nothing, [], PersonaWish.GuardrailPrefix(Tenant.TenantId));

        plan.Patch(NoGuardrails, "mk_secret").ShouldAllBe(operation => !operation.Value!.ToJsonString().Contains("mk_secret"));
    }

    [Fact]
    public void Keep_names_within_limits_and_recognisable()
    {
        var wish = PersonaWish.Of(Tenant with { Name = new string('b', 200) }, new TenantSettings { AgentName = new string('a', 60) }, null, accountIsTenants: true);

        wish.Name.Length.ShouldBeLessThanOrEqualTo(100);
        PersonaWish.IsNameOf(wish.Name, Tenant.TenantId).ShouldBeTrue();
        PersonaWish.IsNameOf(wish.Name, TenantId.New()).ShouldBeFalse();
        (PersonaWish.GuardrailPrefix(Tenant.TenantId).Length + 89).ShouldBeLessThanOrEqualTo(100);
    }

    private static PersonaPlan Plan(bool custom, string layers, AppliedPersona? applied = null) => PersonaPlan.Of(
        PersonaWish.Of(Tenant, new TenantSettings { TavusCustomModel = custom }, new Uri("https://widget.example"), accountIsTenants: true),
        new TavusPersona { Id = "p1", Layers = JsonDocument.Parse(layers).RootElement },
        applied ?? AppliedPersona.Nothing,
        [],
        PersonaWish.GuardrailPrefix(Tenant.TenantId));
}

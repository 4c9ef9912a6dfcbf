using System.Text.Json;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Provisioning;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

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

        DesiredPersona.Of(Tenant, settings, null, accountBelongsToTenant: false).DocumentTags
            .ShouldBe(["manuals", $"widget:{Tenant.TenantId}"]);
        DesiredPersona.Of(Tenant, settings, null, accountBelongsToTenant: true).DocumentTags.ShouldContain(theirs);
    }

    [Fact]
    public void Give_our_model_with_a_key_that_no_preview_shows()
    {
        var plan = Plan(custom: true, """{"llm": {"model": "tavus-gpt-oss", "extra_body": {"a": 1}}}""");

        plan.NeedsModelKey.ShouldBeTrue();
        plan.ToPreviewPatch().ToJsonString().ShouldNotContain("mk_");
        var sent = plan.Patch(NoGuardrails, "mk_secret")
            .Where(operation => operation.Path.StartsWith("/layers", StringComparison.Ordinal))
            .ToDictionary(operation => operation.Path, operation => (operation.Op, operation.Value!.ToString()));
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
        Plan(custom: true, layers).Patch(NoGuardrails, "mk_secret")
            .Single(operation => operation.Path.StartsWith("/layers", StringComparison.Ordinal))
            .ShouldSatisfyAllConditions(
                operation => (operation.Op, operation.Path).ShouldBe(("add", path)),
                operation => operation.Value!.ToJsonString().ShouldContain("\"api_key\":\"mk_secret\""));

    [Fact]
    public void Leave_our_model_as_it_is()
    {
        var plan = Plan(
            custom: true,
            """
            {"llm": {"base_url": "https://widget.example/v1", "model": "widget", "api_key": "mk_****", "speculative_inference": true}}
            """,
            Ours);

        (plan.NeedsModelKey, plan.Changes.Any(change => change.Path.StartsWith("tavusCustomModel", StringComparison.Ordinal)))
            .ShouldBe((false, false));
    }

    [Fact]
    public void Remove_our_model_but_no_other()
    {
        const string There =
            """
            {"llm": {"base_url": "https://widget.example/v1", "model": "widget", "api_key": "mk_secret", "speculative_inference": true}}
            """;
        var ours = Plan(custom: false, There, Ours);
        ours.Patch(NoGuardrails, null).Where(operation => operation.Op == "remove").Select(operation => operation.Path)
            .ShouldBe(["/layers/llm/base_url", "/layers/llm/api_key", "/layers/llm/model"]);
        JsonSerializer.Serialize(ours.Changes).ShouldNotContain("mk_secret");

        Plan(custom: false, There.Replace("widget.example", "elsewhere.example"), Ours).Patch(NoGuardrails, null)
            .ShouldNotContain(operation => operation.Op == "remove");
    }

    [Fact]
    public void Take_nothing_that_people_write_for_a_secret_or_an_id()
    {
        var settings = new TenantSettings { AgentName = "new:x", AgentInstructions = PersonaPlan.Masked };
        var plan = PersonaPlan.Of(
            DesiredPersona.Of(Tenant, settings, null, accountBelongsToTenant: true),
            null,
            AppliedPersona.Nothing,
            [],
            DesiredPersona.GuardrailPrefix(Tenant.TenantId));

        plan.Patch(NoGuardrails, "mk_secret").ShouldAllBe(operation => !operation.Value!.ToJsonString().Contains("mk_secret"));
    }

    [Fact]
    public void Set_fields_of_layers_and_leave_what_stands_beside_them()
    {
        var layers = new TavusLayers
        {
            Tts = new() { TtsEngine = "elevenlabs", ExternalVoiceId = "v2" },
            Perception = new() { PerceptionModel = "off" },
            ConversationalFlow = new() { TurnTakingPatience = "high" },
        };
        var plan = LayerPlan(
            layers,
            """
            {"llm": {"speculative_inference": true}, "tts": {"tts_engine": "cartesia", "voice_settings": {"speed": 1}},
             "conversational_flow": {"turn_taking_patience": "high"}}
            """);

        plan.Patch(NoGuardrails, null)
            .Where(IsLayer)
            .Select(operation => $"{operation.Op} {operation.Path} {operation.Value!.ToJsonString()}")
            .ShouldBe(
            [
                "replace /layers/tts/tts_engine \"elevenlabs\"",
                "add /layers/tts/external_voice_id \"v2\"",
                "add /layers/perception {\"perception_model\":\"off\"}",
            ]);
        plan.Changes.Select(change => change.Path).Where(path => path.StartsWith("tavusLayers", StringComparison.Ordinal))
            .ShouldBe(["tavusLayers.tts.ttsEngine", "tavusLayers.tts.externalVoiceId", "tavusLayers.perception.perceptionModel"]);
    }

    [Fact]
    public void Take_back_of_layers_what_was_ours_and_is_not_wanted_any_more()
    {
        const string There =
            """{"llm": {"speculative_inference": true}, "stt": {"stt_engine": "tavus-whisper", "hotwords": "Tide Cargo"}}""";

        LayerPlan(new TavusLayers(), There, new AppliedPersona { Layers = ["stt/hotwords", "tts/tts_engine"] }).Patch(NoGuardrails, null)
            .Where(IsLayer)
            .Select(operation => $"{operation.Op} {operation.Path}").ShouldBe(["remove /layers/stt/hotwords"]);
        LayerPlan(new TavusLayers(), There).Patch(NoGuardrails, null).ShouldNotContain(
            operation => IsLayer(operation),
            "people have set it at Tavus");
    }

    [Fact]
    public void Make_a_persona_with_its_layers()
    {
        var layers = new TavusLayers
        {
            Stt = new() { Hotwords = PersonaPlan.Masked },
            Perception = new() { VisualAwarenessQueries = ["Is somebody else there?"] },
        };
        var plan = PersonaPlan.Of(
            DesiredPersona.Of(
                Tenant,
                new TenantSettings { TavusLayers = layers, TavusCustomModel = true },
                new Uri("https://widget.example"),
                accountBelongsToTenant: true),
            null,
            AppliedPersona.Nothing,
            [],
            DesiredPersona.GuardrailPrefix(Tenant.TenantId));

        var sent = plan.Patch(NoGuardrails, "mk_secret").Where(IsLayer).Select(
            operation => $"{operation.Path} {operation.Value!.ToJsonString()}")
            .ToList();
        sent.Select(operation => operation.Split(' ')[0]).ShouldBe(["/layers", "/layers/stt", "/layers/perception"]);
        (sent[0].Contains("mk_secret"), sent[1].Contains("mk_secret")).ShouldBe((true, false));
        var made = LayerField.ToLayers(plan.Desired.Layers, new LlmLayer { Model = "widget" });
        (made.Llm!.Model, made.Stt!.Hotwords, made.Tts, made.Perception!.VisualAwarenessQueries!.Single())
            .ShouldBe(("widget", PersonaPlan.Masked, null, "Is somebody else there?"));
    }

    [Fact]
    public void Keep_names_within_limits_and_recognisable()
    {
        var desired = DesiredPersona.Of(
            Tenant with { Name = new string('b', 200) },
            new TenantSettings { AgentName = new string('a', 60) },
            null,
            accountBelongsToTenant: true);

        desired.Name.Length.ShouldBeLessThanOrEqualTo(100);
        DesiredPersona.IsNameOf(desired.Name, Tenant.TenantId).ShouldBeTrue();
        DesiredPersona.IsNameOf(desired.Name, TenantId.New()).ShouldBeFalse();
        (DesiredPersona.GuardrailPrefix(Tenant.TenantId).Length + 89).ShouldBeLessThanOrEqualTo(100);
    }

    private static bool IsLayer(JsonPatchOperation operation) => operation.Path.StartsWith("/layers", StringComparison.Ordinal);

    private static PersonaPlan LayerPlan(TavusLayers layers, string there, AppliedPersona? applied = null) => PersonaPlan.Of(
        DesiredPersona.Of(Tenant, new TenantSettings { TavusLayers = layers }, null, accountBelongsToTenant: true),
        new TavusPersona { Id = "p1", Layers = JsonDocument.Parse(there).RootElement },
        applied ?? AppliedPersona.Nothing,
        [],
        DesiredPersona.GuardrailPrefix(Tenant.TenantId));

    private static PersonaPlan Plan(bool custom, string layers, AppliedPersona? applied = null) => PersonaPlan.Of(
        DesiredPersona.Of(
            Tenant,
            new TenantSettings { TavusCustomModel = custom },
            new Uri("https://widget.example"),
            accountBelongsToTenant: true),
        new TavusPersona { Id = "p1", Layers = JsonDocument.Parse(layers).RootElement },
        applied ?? AppliedPersona.Nothing,
        [],
        DesiredPersona.GuardrailPrefix(Tenant.TenantId));
}

using System.Text.Json;
using System.Text.RegularExpressions;
using static Widget.Simulators.Tavus.Shapes;

namespace Widget.Simulators.Tavus;

/// <summary>The valid fields of replicas, documents, guardrails and objectives.</summary>
internal sealed partial class OtherShapes(SimulatedTavus tavus)
{
    public Shape Replica { get; } = All(
        ObjectOf(
            new("replica_name", Text(200)),
            new("train_video_url", Url(tavus)),
            new("train_image_url", Url(tavus)),
            new("voice_name", Text(100)),
            new("consent_video_url", Url(tavus)),
            new("callback_url", Url(tavus)),
            new("model_name", OneOf("phoenix-4", "phoenix-3")),
            new("auto_fix_training_image", Flag),
            new("properties", ObjectOf(new Field("background_green_screen", Flag)))),
        body =>
            body.TryGetProperty("train_video_url", out _) != body.TryGetProperty("train_image_url", out _)
                ? null
                : "Exactly one of train_video_url and train_image_url is required.",
        body =>
            !body.TryGetProperty("train_image_url", out _) || body.TryGetProperty("voice_name", out _)
                ? null
                : "voice_name: Missing data for required field.");

    public Shape ReplicaName { get; } = ObjectOf(new Field("replica_name", Text(200), Required: true));

    public Shape Document { get; } = ObjectOf(
        new("document_url", Url(tavus), Required: true),
        new("document_name", Text(500)),
        new("callback_url", Url(tavus)),
        new("tags", ListOf(Text(200))),
        new("crawl", ObjectOf(new("depth", Whole(1, 10)), new("max_pages", Whole(1, 100)))));

    public Shape DocumentPatch { get; } = ObjectOf(new("document_name", Text(500)), new("tags", ListOf(Text(200))));

    public Shape Guardrail { get; } = Guardrails(tavus, creating: true);

    public Shape GuardrailPatch { get; } = Guardrails(tavus, creating: false);

    public Shape Objectives { get; } = ObjectOf(new Field("data", ListOf(
        All(
            ObjectOf(
                new("objective_name", Matching(NoSpaces()), Required: true),
                new("objective_prompt", Text(5_000), Required: true),
                new("confirmation_mode", OneOf("auto", "manual")),
                new("output_variables", ListOf(Text(100))),
                new("modality", OneOf("verbal", "visual")),
                new("next_required_objective", Text(200)),
                new("next_conditional_objectives", MapOf(Text(1_000))),
                new("callback_url", Url(tavus))),
            step => step.TryGetProperty("next_required_objective", out _) && step.TryGetProperty("next_conditional_objectives", out _)
                ? "Only one of next_required_objective and next_conditional_objectives may be set."
                : null),
        100), Required: true));

    private static Shape Guardrails(SimulatedTavus tavus, bool creating) => ObjectOf(
        new("guardrail_name", Matching(GuardrailName()), creating),
        new("guardrail_prompt", Text(1_000), creating),
        new("modality", OneOf("verbal", "visual")),
        new("callback_url", Url(tavus)),
        new("tags", ListOf(Text(200), 32)),
        new("app_message", Flag));

    [GeneratedRegex("^[A-Za-z0-9_]{1,100}$", RegexOptions.None, 1000)]
    private static partial Regex GuardrailName();

    [GeneratedRegex(@"^\S{1,200}$", RegexOptions.None, 1000)]
    private static partial Regex NoSpaces();
}

/// <summary>The valid fields of a tool.</summary>
internal sealed class ToolShapes(SimulatedTavus tavus)
{
    /// <summary>Replaces a secret in responses. Clients must never send it.</summary>
    public const string Mask = "********";

    public Shape Create { get; } = All(Tool(tavus, creating: true), Rules);

    public Shape Patch { get; } = Tool(tavus, creating: false);

    private static Shape Tool(SimulatedTavus tavus, bool creating) => ObjectOf(
        new("name", Matching(PersonaShapes.ToolName()), creating),
        new("description", Text(10_000), creating),
        new("parameters", All(AnyObject, NoReservedNames)),
        new("origin", OneOf("llm", "vision", "audio")),
        new("trigger_type", OneOf("in_call", "post_call")),
        new("on_call", OneOf("generate_filler", "static_filler", "silent", "passthrough")),
        new("static_filler", Text(1_000)),
        new("on_resolve", OneOf("fire_and_forget", "generate_response", "response_in_result", "add_to_context")),
        new("delivery", All(
            ObjectOf(
                new("app_message", Flag),
                new("api", ObjectOf(
                    new("url", All(Url(tavus, secure: true), StaticHost), Required: true),
                    new("method", OneOf("GET", "POST", "PUT", "PATCH", "DELETE")),
                    new("timeout", Whole(1, 120)),
                    new("headers", MapOf(Text(5_000))),
                    new("query_params", MapOf(Text(5_000))),
                    new("body_template", Anything),
                    new("content_type", Text(100)),
                    new("auth", Auth(tavus))))),
            delivery =>
                (delivery.TryGetProperty("app_message", out var room) && room.ValueKind == JsonValueKind.True)
                != delivery.TryGetProperty("api", out _)
                ? null
                : "Exactly one delivery channel must be enabled.")));

    private static string? Rules(JsonElement tool)
    {
        var postCall = tool.TryGetProperty("trigger_type", out var trigger) && trigger.ValueEquals("post_call");
        if (postCall && tool.TryGetProperty("origin", out _)) return "origin must be omitted for post_call tools.";
        if (postCall && !(tool.TryGetProperty("delivery", out var delivery) && delivery.TryGetProperty("api", out _)))
            return "post_call tools need delivery.api.";
        if (tool.TryGetProperty("on_call", out var filler)
            && filler.ValueEquals("static_filler")
            && !tool.TryGetProperty("static_filler", out _))
            return "static_filler: Missing data for required field.";
        var length = tool.GetProperty("description").GetString()!.Length
            + (tool.TryGetProperty("parameters", out var parameters) ? parameters.GetRawText().Length : 0);
        return length > 10_000 ? "description and parameters must not exceed 10000 characters together." : null;
    }

    private static string? NoReservedNames(JsonElement parameters) =>
        parameters.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
        && properties.EnumerateObject().Any(property => property.Name.StartsWith("tavus_", StringComparison.Ordinal))
            ? "Property names starting with tavus_ are reserved."
            : null;

    private static string? StaticHost(JsonElement url) =>
        new Uri(url.GetString()!).Host.Contains('{', StringComparison.Ordinal) ? "The host must be static." : null;

    private static Shape Auth(SimulatedTavus tavus) => auth =>
    {
        if (auth.ValueKind != JsonValueKind.Object || !auth.TryGetProperty("type", out var type))
            return "type: Missing data for required field.";
        var secret = All(Text(5_000), value => value.ValueEquals(Mask) ? "The masked placeholder must not be sent back." : null);
        var kind = new Field("type", Anything);
        var shape = (type.ValueKind == JsonValueKind.String ? type.GetString() : null) switch
        {
            "none" => ObjectOf(kind),
            "bearer" => ObjectOf(kind, new("token", secret)),
            "api_key" =>
                ObjectOf(kind, new("location", OneOf("header", "query")), new("name", Text(200), Required: true), new("value", secret)),
            "basic" => ObjectOf(kind, new("username", Text(200), Required: true), new("password", secret)),
            "oauth2_client_credentials" => ObjectOf(
                kind,
                new("token_url", Url(tavus, secure: true), Required: true),
                new("client_id", Text(500), Required: true),
                new("client_secret", secret),
                new("scope", Text(1_000))),
            "hmac" => ObjectOf(kind, new("secret", secret)),
            _ => null,
        };
        return shape is null ? "type: Must be one of: none, bearer, api_key, basic, oauth2_client_credentials, hmac." : shape(auth);
    };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>Where a tool comes from.</summary>
public enum ToolOrigin
{
    /// <summary>A part of this installation.</summary>
    BuiltIn,

    /// <summary>A tenant's server, called over HTTP.</summary>
    Http,

    /// <summary>A server of the Model Context Protocol that a tenant has added.</summary>
    Mcp,
}

/// <summary>
/// A kernel function that models may call: in text, in video and voice calls, and through the OpenAI-compatible endpoint.
/// </summary>
public sealed partial class Tool
{
    /// <summary>In characters. With the tenant's prefix it fits into the 64 characters that models' servers allow.</summary>
    public const int MaxNameLength = 48;

    private const string EffectsKey = "widget.has_effects";
    private const string ConversationKey = "widget.needs_conversation";

    /// <summary>Checks that a function is declared correctly.</summary>
    /// <exception cref="InvalidOperationException">The function is not declared as a tool, which is a programming error.</exception>
    public Tool(KernelFunction function)
    {
        Function = function;
        if (!IsName(Name)) throw new InvalidOperationException($"\"{Name}\" is not a name for a tool.");
        Parameters = Schema(function.Metadata.Parameters);
        if (ArgumentSchema.SchemaError(Parameters) is { } error) throw new InvalidOperationException($"The parameters of {Name}: {error}");
        HasEffects = !function.Metadata.AdditionalProperties.TryGetValue(EffectsKey, out var effects) || effects is not false;
        NeedsConversation = function.Metadata.AdditionalProperties.TryGetValue(ConversationKey, out var needs) && needs is true;
    }

    private Tool(KernelFunction function, JsonElement parameters, bool hasEffects, ToolOrigin origin) =>
        (Function, Parameters, HasEffects, Origin) = (function, parameters, hasEffects, origin);

    public KernelFunction Function { get; }

    /// <summary>The name that models use, and by which tenants switch the tool on.</summary>
    public string Name => Function.Name;

    /// <summary>Tells a model what the tool is for and when to use it.</summary>
    public string Description => Function.Description;

    /// <summary>JSON Schema of the arguments, an object. <see cref="ArgumentSchema"/> lists the supported rules.</summary>
    public JsonElement Parameters { get; }

    /// <summary>
    /// Whether the tool changes something. Such a tool runs only when it is certain that a model called it, and never twice for the same
    /// call. A function that declares nothing counts as one with effects.
    /// </summary>
    public bool HasEffects { get; }

    /// <summary>Whether the tool can only run in a visitor's conversation.</summary>
    public bool NeedsConversation { get; }

    public ToolOrigin Origin { get; }

    /// <summary>A tool that a tenant has added.</summary>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="name">See <see cref="IsName"/>.</param>
    /// <param name="description">Tells a model what the tool is for.</param>
    /// <param name="parameters">JSON Schema of the arguments. Rules that we do not know are left to the tool's server.</param>
    /// <param name="hasEffects">See <see cref="HasEffects"/>.</param>
    /// <param name="run">The code. The token is cancelled at the time limit.</param>
    public static Tool Own(
        ToolOrigin origin,
        string name,
        string description,
        JsonElement parameters,
        bool hasEffects,
        Func<ToolInvocation, CancellationToken, Task<ToolResult>> run) =>
        new(
            KernelFunctionFactory.CreateFromMethod(
                (KernelArguments call, CancellationToken ct) => run(ToolInvocation.Of(call), ct),
                new KernelFunctionFromMethodOptions { FunctionName = name, Description = description, Parameters = [] }),
            parameters,
            hasEffects,
            origin);

    /// <summary>Whether a text can be a tool's name: 1 to 48 lower-case letters, digits and underscores.</summary>
    public static bool IsName(string text) => NamePattern().IsMatch(text);

    /// <summary>Declares a kernel function as a tool.</summary>
    /// <param name="method">
    /// The code. Its parameters get the model's arguments by name, after they were validated. From a parameter of type
    /// <see cref="KernelArguments"/> it can get the call (<see cref="ToolInvocation.Of(KernelArguments)"/>). Its
    /// <see cref="CancellationToken"/> is cancelled at the time limit. It returns a <see cref="ToolResult"/>.
    /// </param>
    /// <param name="name">See <see cref="IsName"/>.</param>
    /// <param name="description">Tells a model what the tool is for and when to use it.</param>
    /// <param name="hasEffects">See <see cref="HasEffects"/>.</param>
    /// <param name="parameters">In the order in which models read them; see <see cref="Parameter"/>.</param>
    public static KernelFunction Declare(
        Delegate method,
        string name,
        string description,
        bool hasEffects,
        params IReadOnlyList<KernelParameterMetadata> parameters) =>
        Create(method, name, description, hasEffects, needsConversation: false, parameters);

    /// <summary>Declares a kernel function as a tool that can only run in a visitor's conversation.</summary>
    /// <inheritdoc cref="Declare"/>
    public static KernelFunction DeclareForConversation(
        Delegate method,
        string name,
        string description,
        params IReadOnlyList<KernelParameterMetadata> parameters) =>
        Create(method, name, description, hasEffects: true, needsConversation: true, parameters);

    private static KernelFunction Create(
        Delegate method,
        string name,
        string description,
        bool hasEffects,
        bool needsConversation,
        IReadOnlyList<KernelParameterMetadata> parameters) =>
        KernelFunctionFactory.CreateFromMethod(method, new KernelFunctionFromMethodOptions
        {
            FunctionName = name,
            Description = description,
            Parameters = parameters,
            AdditionalMetadata = new(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                [EffectsKey] = hasEffects,
                [ConversationKey] = needsConversation,
            }),
        });

    /// <summary>Declares a parameter of a tool.</summary>
    /// <param name="name">The name that models use.</param>
    /// <param name="schema">JSON Schema as an object to serialize: type, limits and description.</param>
    /// <param name="isRequired">Whether a call without this argument is refused.</param>
    public static KernelParameterMetadata Parameter(string name, object schema, bool isRequired = true) =>
        new(name) { IsRequired = isRequired, Schema = KernelJsonSchema.Parse(ToolJson.Text(ToolJson.Element(schema))) };

    // With additionalProperties: false, a misspelled argument is an error instead of being ignored.
    private static JsonElement Schema(IReadOnlyList<KernelParameterMetadata> parameters)
    {
        var properties = new JsonObject();
        foreach (var parameter in parameters) properties[parameter.Name] = JsonNode.Parse(parameter.Schema?.ToString() ?? "{}");
        return ToolJson.Element(new
        {
            type = "object",
            properties,
            required = parameters.Where(parameter => parameter.IsRequired).Select(parameter => parameter.Name),
            additionalProperties = false,
        });
    }

    [GeneratedRegex("^[a-z0-9_]{1,48}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();
}

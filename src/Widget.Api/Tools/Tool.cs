using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>
/// A kernel function that models may call, for example in video and voice calls and through the OpenAI-compatible endpoint.
/// </summary>
public sealed partial class Tool
{
    private const string EffectsKey = "widget.has_effects";

    /// <summary>Checks that a function is declared correctly.</summary>
    /// <exception cref="InvalidOperationException">The function is not declared as a tool, which is a programming error.</exception>
    public Tool(KernelFunction function)
    {
        Function = function;
        if (!NamePattern().IsMatch(Name)) throw new InvalidOperationException($"\"{Name}\" is not a name for a tool.");
        Parameters = Schema(function.Metadata.Parameters);
        if (ArgumentSchema.SchemaError(Parameters) is { } error) throw new InvalidOperationException($"The parameters of {Name}: {error}");
        HasEffects = !function.Metadata.AdditionalProperties.TryGetValue(EffectsKey, out var effects) || effects is not false;
    }

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

    /// <summary>Declares a kernel function as a tool.</summary>
    /// <param name="method">
    /// The code. Its parameters get the model's arguments by name, after they were validated. From a parameter of type
    /// <see cref="KernelArguments"/> it can get the call (<see cref="ToolInvocation.Of(KernelArguments)"/>). Its
    /// <see cref="CancellationToken"/> is cancelled at the time limit. It returns a <see cref="ToolResult"/>.
    /// </param>
    /// <param name="name">1 to 41 lower-case letters, digits and underscores.</param>
    /// <param name="description">Tells a model what the tool is for and when to use it.</param>
    /// <param name="hasEffects">See <see cref="HasEffects"/>.</param>
    /// <param name="parameters">In the order in which models read them; see <see cref="Parameter"/>.</param>
    public static KernelFunction Declare(
        Delegate method,
        string name,
        string description,
        bool hasEffects,
        params IReadOnlyList<KernelParameterMetadata> parameters) =>
        KernelFunctionFactory.CreateFromMethod(method, new KernelFunctionFromMethodOptions
        {
            FunctionName = name,
            Description = description,
            Parameters = parameters,
            AdditionalMetadata = new(new Dictionary<string, object?>(StringComparer.Ordinal) { [EffectsKey] = hasEffects }),
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

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,40}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>
/// A kernel function that models may call, for example in video and voice calls and behind the OpenAI-compatible endpoint.
/// </summary>
public sealed partial class Tool
{
    private const string EffectsKey = "widget.has_effects";

    /// <exception cref="InvalidOperationException">The function is not declared as a tool; the program has to be changed.</exception>
    public Tool(KernelFunction function)
    {
        Function = function;
        if (!NamePattern().IsMatch(Name)) throw new InvalidOperationException($"\"{Name}\" is not a name for a tool.");
        Parameters = Schema(function.Metadata.Parameters);
        if (ArgumentSchema.Problem(Parameters) is { } problem) throw new InvalidOperationException($"The parameters of {Name}: {problem}");
        HasEffects = !function.Metadata.AdditionalProperties.TryGetValue(EffectsKey, out var effects) || effects is not false;
    }

    public KernelFunction Function { get; }

    /// <summary>Tenants switch the tool on by this name.</summary>
    public string Name => Function.Name;

    /// <summary>Tells a model what the tool is for and when to use it.</summary>
    public string Description => Function.Description;

    /// <summary>JSON Schema of the arguments, an object. <see cref="ArgumentSchema"/> lists the supported rules.</summary>
    public JsonElement Parameters { get; }

    /// <summary>
    /// The tool changes something. It runs only for words that were really said, and never a second time for the same call. A function
    /// that does not say so counts as one with effects.
    /// </summary>
    public bool HasEffects { get; }

    /// <summary>Declares a kernel function as a tool.</summary>
    /// <param name="method">
    /// What runs. Its parameters are bound by name from the model's arguments, which fit the schema. A parameter of type
    /// <see cref="KernelArguments"/> leads to the call (<see cref="ToolInvocation.Of(KernelArguments)"/>), and the
    /// <see cref="CancellationToken"/> is cancelled when the time limit is reached. It returns a <see cref="ToolResult"/>.
    /// </param>
    /// <param name="name">1 to 41 small letters, digits and underscores.</param>
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
    /// <param name="name">As models read it.</param>
    /// <param name="schema">JSON Schema as an object to serialize: type, limits and description.</param>
    /// <param name="isRequired">Whether a call without it is refused.</param>
    public static KernelParameterMetadata Parameter(string name, object schema, bool isRequired = true) =>
        new(name) { IsRequired = isRequired, Schema = KernelJsonSchema.Parse(ToolJson.Text(ToolJson.Element(schema))) };

    // Without additionalProperties: false, a model's misspelled argument would be ignored in silence.
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

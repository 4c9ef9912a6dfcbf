using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>The server of a tenant's own model. All of them have OpenAI's API, with small differences.</summary>
[JsonConverter(typeof(StrictEnumConverter<ModelProvider>))]
public enum ModelProvider
{
    /// <summary>OpenAI. Needs a key. The default endpoint is <c>https://api.openai.com/v1</c>.</summary>
    [JsonStringEnumMemberName("openai")]
    OpenAI,

    /// <summary>
    /// Azure OpenAI. Needs the endpoint of the resource and a key, which is sent as <c>api-key</c>. The model is a deployment's name.
    /// </summary>
    [JsonStringEnumMemberName("azure")]
    Azure,

    /// <summary>Ollama, usually without a key.</summary>
    [JsonStringEnumMemberName("ollama")]
    Ollama,

    /// <summary>vLLM, with or without a key.</summary>
    [JsonStringEnumMemberName("vllm")]
    Vllm,

    /// <summary>Any other server with OpenAI's API. The endpoint is used as it is given.</summary>
    [JsonStringEnumMemberName("openai_compatible")]
    OpenAICompatible,
}

/// <summary>A tenant's own model, to be used instead of the installation's.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OwnModelRequest : IValidatableObject
{
    /// <summary>The kind of server.</summary>
    public ModelProvider Provider { get; init; } = ModelProvider.OpenAI;

    /// <summary>
    /// Root of the API, such as <c>https://api.openai.com/v1</c>. Only OpenAI has a default. For Azure, Ollama and vLLM the address of the
    /// server is enough; the path of their API is added.
    /// </summary>
    [StringLength(500)]
    public string? Endpoint { get; init; }

    /// <summary>The model's name at this server; for Azure the name of a deployment.</summary>
    [Required(ErrorMessage = "model is missing.")]
    [StringLength(200, MinimumLength = 1, ErrorMessage = "A model's name must have 1 to 200 characters.")]
    [RegularExpression("[!-~]+", ErrorMessage = "A model's name must not contain spaces or characters outside ASCII.")]
    public string Model { get; init; } = "";

    /// <summary>
    /// The server's API key. It is stored encrypted and never shown again. If it is left out, the saved key is kept, as long as the server
    /// is the same.
    /// </summary>
    [StringLength(500, MinimumLength = 1, ErrorMessage = "A key must have 1 to 500 characters.")]
    [RegularExpression(
        "[!-~]+",
        ErrorMessage = "A key must not contain spaces or characters outside ASCII. Copy it again from the provider.")]
    public string? Key { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is null && Provider != ModelProvider.OpenAI)
            yield return new("endpoint is missing. Only OpenAI has a default.", [nameof(Endpoint)]);
        if (Endpoint is not null
            && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var address)
                && address is { Scheme: "https" or "http", Query: "", Fragment: "", UserInfo: "" }))
        {
            yield return new(
                "endpoint must be a web address without a query, such as https://api.openai.com/v1.",
                [nameof(Endpoint)]);
        }
    }

    /// <summary>Hides the key, which a record would otherwise print.</summary>
    public override string ToString() => $"{Provider} model {Model}";
}

/// <summary>The model that a tenant uses. The key itself is never shown again.</summary>
/// <param name="Source">Whose model it is: <c>own</c>, <c>platform</c> (the installation's) or <c>none</c>.</param>
/// <param name="Model">The model's name; null for none.</param>
/// <param name="Provider">The kind of server of the tenant's own model; otherwise null.</param>
/// <param name="Endpoint">Root of the API of the tenant's own model; otherwise null.</param>
/// <param name="KeyHint">The last characters of the tenant's own key; null if there is none.</param>
/// <param name="UpdatedAt">When the tenant's own model was set.</param>
/// <param name="Words">An explanation for people.</param>
public sealed record OwnModelState(
    TavusKeySource Source,
    string? Model,
    ModelProvider? Provider,
    string? Endpoint,
    string? KeyHint,
    DateTimeOffset? UpdatedAt,
    string Words);

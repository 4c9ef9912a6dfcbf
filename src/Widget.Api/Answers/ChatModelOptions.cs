using Widget.Api.Configuration;
using Widget.Api.Models;

namespace Widget.Api.Answers;

/// <summary>The language model that writes answers; none when <see cref="Endpoint"/> is null.</summary>
public sealed record ChatModelOptions
{
    /// <summary>Root of an OpenAI-compatible API, as <c>https://api.openai.com/v1</c> (WIDGET_CHAT_ENDPOINT).</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Its key; self-hosted servers often need none (WIDGET_CHAT_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>The model's name (WIDGET_CHAT_MODEL).</summary>
    public string Model { get; init; } = "";

    /// <summary>Whether the server expects the key as <c>api-key</c>, as Azure does, instead of as a bearer token.</summary>
    public bool UsesApiKeyHeader { get; init; }

    /// <summary>Longest wait for the next piece of an answer, after which the model counts as failed.</summary>
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for its first word, retries included; then the sources are quoted (WIDGET_CHAT_FIRST_WORD_SECONDS).</summary>
    public TimeSpan FirstTokenTimeout { get; init; } = TimeSpan.FromSeconds(DefaultFirstTokenSeconds);

    internal const int DefaultFirstTokenSeconds = 10;

    /// <summary>The same time limits for a tenant's own model.</summary>
    public ChatModelOptions For(ModelAccount account) => this with
    {
        Endpoint = account.Endpoint,
        Key = account.Key,
        Model = account.Model,
        UsesApiKeyHeader = account.UsesApiKeyHeader,
    };

    /// <summary>The default of a record would print the key.</summary>
    public override string ToString() => $"{Model} at {Endpoint?.Host}";

    internal static ChatModelOptions Read(Variables variables)
    {
        var (endpoint, key, model) = variables.Model("CHAT");
        var seconds = variables.Integer("WIDGET_CHAT_FIRST_WORD_SECONDS", DefaultFirstTokenSeconds, min: 1, max: 60);
        return new ChatModelOptions
        {
            Endpoint = endpoint,
            Key = key,
            Model = model ?? "",
            FirstTokenTimeout = TimeSpan.FromSeconds(seconds),
        };
    }
}

using Widget.Api.Configuration;

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

    /// <summary>Longest wait for the next piece of an answer, after which the model counts as failed.</summary>
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for its first word, retries included; then the sources are quoted (WIDGET_CHAT_FIRST_WORD_SECONDS).</summary>
    public TimeSpan FirstTokenTimeout { get; init; } = TimeSpan.FromSeconds(DefaultFirstTokenSeconds);

    internal const int DefaultFirstTokenSeconds = 10;

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

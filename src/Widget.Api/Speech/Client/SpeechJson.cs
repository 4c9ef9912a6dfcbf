using System.Text.Json;

namespace Widget.Api.Speech.Client;

/// <summary>Reads the responses of speech servers.</summary>
internal static class SpeechJson
{
    /// <summary>The text of a field; null when there is none.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

using System.Text.Encodings.Web;
using System.Text.Json;

namespace Widget.Api.Tools;

/// <summary>Serializes JSON for models.</summary>
internal static class ToolJson
{
    // Do not escape letters of other scripts: escaped, they cost a model three times as many tokens.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonElement Element(object value) => JsonSerializer.SerializeToElement(value, Options);

    public static string Text(JsonElement value) => JsonSerializer.Serialize(value, Options);
}

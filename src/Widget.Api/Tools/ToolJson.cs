using System.Text.Encodings.Web;
using System.Text.Json;

namespace Widget.Api.Tools;

/// <summary>JSON as tools write it.</summary>
internal static class ToolJson
{
    // Letters of other scripts are written as themselves: escaped, they cost a model three times the tokens.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonElement Element(object value) => JsonSerializer.SerializeToElement(value, Options);

    public static string Text(JsonElement value) => JsonSerializer.Serialize(value, Options);
}

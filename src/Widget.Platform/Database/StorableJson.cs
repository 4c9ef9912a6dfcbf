using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Widget.Platform.Database;

/// <summary>
/// Reads JSON from outside so that PostgreSQL can store it. JSON can contain values that jsonb rejects: the character U+0000, unpaired
/// surrogates and numbers of any size; the text may also contain invalid UTF-8. U+0000 is removed, unpaired surrogates and invalid bytes
/// become U+FFFD, and a number too large for a double becomes text. Text that is not JSON is left for the parser to reject.
/// </summary>
public static partial class StorableJson
{
    private const int LongestNumber = 300;
    private const int LargestExponent = 400;
    private const int UnicodeEscape = 6; // \uXXXX
    private const string Replacement = "\\ufffd";

    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("+-.0123456789eE");

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> utf8)
    {
        var mark = Encoding.UTF8.Preamble;
        return Parse(Encoding.UTF8.GetString(utf8.StartsWith(mark) ? utf8[mark.Length..] : utf8));
    }

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonDocument Parse(string json) => JsonDocument.Parse(Clean(json));

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static async Task<JsonDocument> ParseAsync(Stream utf8, CancellationToken ct)
    {
        var body = new MemoryStream();
        await utf8.CopyToAsync(body, ct);
        return Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    /// <summary>Returns JSON from any source as text that can be stored.</summary>
    public static string Of(JsonElement value) => Clean(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)));

    /// <summary>Returns the string at the reader's position.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        // GetString throws an exception that names the expected type.
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) return reader.GetString();
        var text = reader.HasValueSequence ? Encoding.UTF8.GetString(reader.ValueSequence) : Encoding.UTF8.GetString(reader.ValueSpan);
        if (!reader.ValueIsEscaped) return text;
        using var document = Parse($"\"{text}\"");
        return document.RootElement.GetString();
    }

    /// <summary>
    /// Returns the same JSON with storable values. Takes one pass, and returns the same string if there is nothing to change.
    /// </summary>
    public static string Clean(string json)
    {
        StringBuilder? clean = null;
        var (copied, inText) = (0, false);
        for (var at = 0; at < json.Length;)
        {
            var (length, instead) = (1, (string?)null);
            switch (json[at])
            {
                case '"':
                    inText = !inText;
                    break;
                case '\\' when inText:
                    (length, instead) = Escape(json.AsSpan(at));
                    break;
                case '-' or (>= '0' and <= '9') when !inText:
                    (length, instead) = Number(json.AsSpan(at));
                    break;
            }

            if (instead is not null)
            {
                clean ??= new StringBuilder(json.Length + 16);
                clean.Append(json, copied, at - copied).Append(instead);
                copied = at + length;
            }

            at += length;
        }

        return clean is null ? json : clean.Append(json, copied, json.Length - copied).ToString();
    }

    // Returns the length of the token and its replacement; null if it stays.
    private static (int Length, string? Instead) Escape(ReadOnlySpan<char> json)
    {
        if (Unit(json) is not { } unit) return (Math.Min(2, json.Length), null);
        if (unit == '\0') return (UnicodeEscape, "");
        if (!char.IsSurrogate(unit)) return (UnicodeEscape, null);
        return char.IsHighSurrogate(unit) && Unit(json[UnicodeEscape..]) is { } second && char.IsLowSurrogate(second)
            ? (2 * UnicodeEscape, null)
            : (UnicodeEscape, Replacement);
    }

    private static char? Unit(ReadOnlySpan<char> json) =>
        json.Length >= UnicodeEscape && json[0] == '\\' && json[1] == 'u'
        && ushort.TryParse(json[2..UnicodeEscape], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;

    private static (int Length, string? Instead) Number(ReadOnlySpan<char> json)
    {
        var length = json.IndexOfAnyExcept(OfNumbers);
        var number = length < 0 ? json : json[..length];
        if (IsStorable(number) || !JsonNumber().IsMatch(number)) return (number.Length, null);
        return (number.Length, $"\"{number[..Math.Min(number.Length, LongestNumber)]}\"");
    }

    private static bool IsStorable(ReadOnlySpan<char> number)
    {
        if (number.Length > LongestNumber) return false;
        var exponent = number.IndexOfAny('e', 'E');
        if (exponent < 0) return true;
        return int.TryParse(number[(exponent + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size)
            && Math.Abs((long)size) <= LargestExponent
            && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex JsonNumber();
}

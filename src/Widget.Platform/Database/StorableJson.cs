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
    private const int MaxNumberLength = 300;
    private const int MaxExponent = 400;
    private const int UnicodeEscapeLength = 6; // \uXXXX
    private const string ReplacementCharacter = "\\ufffd";

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-.0123456789eE");

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> utf8)
    {
        var byteOrderMark = Encoding.UTF8.Preamble;
        return Parse(Encoding.UTF8.GetString(utf8.StartsWith(byteOrderMark) ? utf8[byteOrderMark.Length..] : utf8));
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
    public static string ToText(JsonElement value) => Clean(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)));

    /// <summary>Returns the string at the reader's position.</summary>
    public static string? ReadString(ref Utf8JsonReader reader)
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
        // The part before this position has been appended to the result.
        var copied = 0;
        var inString = false;
        var at = 0;
        while (at < json.Length)
        {
            var (length, replacement) = (1, (string?)null);
            switch (json[at])
            {
                case '"':
                    inString = !inString;
                    break;
                case '\\' when inString:
                    (length, replacement) = ReadEscape(json.AsSpan(at));
                    break;
                case '-' or (>= '0' and <= '9') when !inString:
                    (length, replacement) = ReadNumber(json.AsSpan(at));
                    break;
            }

            if (replacement is not null)
            {
                clean ??= new StringBuilder(json.Length + 16);
                clean.Append(json, copied, at - copied).Append(replacement);
                copied = at + length;
            }

            at += length;
        }

        return clean is null ? json : clean.Append(json, copied, json.Length - copied).ToString();
    }

    // Returns the length of the escape and its replacement. Null means that it stays as it is.
    private static (int Length, string? Replacement) ReadEscape(ReadOnlySpan<char> json)
    {
        if (ReadCodeUnit(json) is not { } unit) return (Math.Min(2, json.Length), null);
        if (unit == '\0') return (UnicodeEscapeLength, "");
        if (!char.IsSurrogate(unit)) return (UnicodeEscapeLength, null);
        return char.IsHighSurrogate(unit) && ReadCodeUnit(json[UnicodeEscapeLength..]) is { } second && char.IsLowSurrogate(second)
            ? (2 * UnicodeEscapeLength, null)
            : (UnicodeEscapeLength, ReplacementCharacter);
    }

    // Returns the UTF-16 code unit of a \uXXXX escape. Null if the text does not start with one.
    private static char? ReadCodeUnit(ReadOnlySpan<char> json) =>
        json.Length >= UnicodeEscapeLength && json[0] == '\\' && json[1] == 'u'
        && ushort.TryParse(json[2..UnicodeEscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;

    // Returns the length of the number and its replacement. Null means that it stays as it is.
    private static (int Length, string? Replacement) ReadNumber(ReadOnlySpan<char> json)
    {
        var length = json.IndexOfAnyExcept(NumberCharacters);
        var number = length < 0 ? json : json[..length];
        if (IsStorable(number) || !JsonNumber().IsMatch(number)) return (number.Length, null);
        return (number.Length, $"\"{number[..Math.Min(number.Length, MaxNumberLength)]}\"");
    }

    private static bool IsStorable(ReadOnlySpan<char> number)
    {
        if (number.Length > MaxNumberLength) return false;
        var exponent = number.IndexOfAny('e', 'E');
        if (exponent < 0) return true;
        return int.TryParse(number[(exponent + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power)
            && Math.Abs((long)power) <= MaxExponent
            && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex JsonNumber();
}

using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Widget.Api.Tests.Fixtures;

/// <summary>
/// JSON that no client should send: characters that PostgreSQL does not store, halves of surrogate pairs, numbers of any size, wrong bytes.
/// </summary>
internal static class OddJson
{
    /// <summary>Stands for a byte that is not UTF-8.</summary>
    private const char WrongByte = '\uE000';

    private static readonly string[] Values =
    [
        "\"\\u0000\"", "\"a\\u0000b\"", "\"\\\\u0000\"", "\"\\\\\\u0000\"", "\"\\ud800\"", "\"x\\uDC00y\"", "\"\\udc00\\ud800\"",
        "\"\\ud83d\\ude00\"", "\"\\uffff\"",
        "1e400000", "-1e400000", "1e-400000", "1E+400000", "1e308", "1e131072", "1e99999999999999999999",
        $"1{new string('0', 400)}", $"0.{new string('0', 400)}1", "-0",
        $"\"{WrongByte}\"", $"\"ok {WrongByte}{WrongByte}\"", "null", "true", "[]", "{}", "\"\"", "\" \"",
        "{\"\\u0000\": 1}", "{\"\\ud800\": {\"a\": 1e400000}}", $"{{\"{WrongByte}\": 1}}", "{\"a\": 1, \"a\\u0000\": 2, \"a\": 3}",
        $"{string.Concat(Enumerable.Repeat("[", 40))}{string.Concat(Enumerable.Repeat("]", 40))}",
        $"\"{new string('x', 3_000)}\"", "\"{\\\"query\\\": \\\"\\\\ud800\\\"}\"",
        "\"{\\\"query\\\": \\\"a\\\\u0000\\\", \\\"n\\\": 1e400000}\"",
    ];

    /// <summary>A value, perhaps within lists and objects.</summary>
    public static Gen<string> Value { get; } = Gen.Sized(size => Nested(Math.Min(size, 3)));

    /// <summary>A valid object in which some fields have odd values, perhaps with an additional field.</summary>
    public static Gen<string> Object(params (string Name, string Json)[] fields) =>
        from values in Gen.ArrayOf(Value, fields.Length + 1)
        from odd in Gen.ArrayOf(Gen.Elements(true, false, false), fields.Length)
        from extra in Gen.Elements(null, "extra", "\\ud800", "\\u0000")
        let kept = fields.Select((field, i) => $"\"{field.Name}\": {(odd[i] ? values[i] : field.Json)}")
        select $"{{{string.Join(", ", extra is null ? kept : kept.Append($"\"{extra}\": {values[^1]}"))}}}";

    public static byte[] Bytes(string json) =>
        [.. json.SelectMany(letter => letter == WrongByte ? [(byte)0xFF] : Encoding.UTF8.GetBytes([letter]))];

    private static Gen<string> Nested(int depth) => depth == 0
        ? Gen.Elements(Values)
        : Gen.OneOf(
            Gen.Elements(Values),
            Gen.Elements(Values),
            Gen.ListOf(Nested(depth - 1), 2).Select(items => $"[{string.Join(',', items)}]"),
            from name in Gen.Elements("a", "query", "\\u0000", "\\ud800", "text")
            from value in Nested(depth - 1)
            select $"{{\"{name}\": {value}}}");
}

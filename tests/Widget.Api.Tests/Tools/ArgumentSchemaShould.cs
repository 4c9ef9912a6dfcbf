using System.Text.Json;
using Widget.Api.Tools;

namespace Widget.Api.Tests.Tools;

public sealed class ArgumentSchemaShould
{
    private static readonly JsonElement Schema = Json(
        """
        {
          "type": "object",
          "properties": {
            "name": {"type": "string", "minLength": 2, "maxLength": 5},
            "size": {"type": "string", "enum": ["small", "large"]},
            "count": {"type": "integer", "minimum": 1, "maximum": 10},
            "price": {"type": "number"},
            "gift": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
            "address": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
          },
          "required": ["name"],
          "additionalProperties": false
        }
        """);

    [Theory]
    [InlineData("""{"name": "Anna"}""")]
    [InlineData(
        """
        {"name": "Anna", "size": "large", "count": 10, "price": 2.5, "gift": false, "tags": ["a", "b"],
         "address": {"city": "Kiel", "street": "any"}}
        """)]
    [InlineData("""{"name": "😀😀😀😀😀"}""")]
    [InlineData("""{"name": "Anna", "count": 3.0}""")]
    public void Accept_valid_arguments(string arguments) => ArgumentError(arguments).ShouldBeNull();

    [Theory]
    [InlineData("""{}""", "name is missing.")]
    [InlineData("""{"name": 5}""", "name must be a string.")]
    [InlineData("""{"name": ""}""", "name is empty.")]
    [InlineData("""{"name": "Annabella"}""", "name may have at most 5 characters.")]
    [InlineData("""{"name": "Anna", "size": "huge"}""", "size must be one of small, large.")]
    [InlineData("""{"name": "Anna", "count": 0}""", "count must be at least 1.")]
    [InlineData("""{"name": "Anna", "count": 11}""", "count must be at most 10.")]
    [InlineData("""{"name": "Anna", "count": 1.5}""", "count must be a whole number.")]
    [InlineData("""{"name": "Anna", "count": "1"}""", "count must be a number.")]
    [InlineData("""{"name": "Anna", "gift": "yes"}""", "gift must be true or false.")]
    [InlineData("""{"name": "Anna", "tags": "a"}""", "tags must be a list.")]
    [InlineData("""{"name": "Anna", "tags": []}""", "tags must have at least 1 entries.")]
    [InlineData("""{"name": "Anna", "tags": ["a", 2]}""", "tags[1] must be a string.")]
    [InlineData("""{"name": "Anna", "address": {}}""", "address.city is missing.")]
    [InlineData("""{"name": "Anna", "colour": "red"}""", "colour is not an argument of this tool.")]
    [InlineData("""[]""", "The arguments must be an object.")]
    public void Explain_invalid_arguments(string arguments, string error) => ArgumentError(arguments).ShouldBe(error);

    [Theory]
    [InlineData("""{"type": "string"}""", "it must be a schema of type object.")]
    [InlineData(
        """{"type": "object", "properties": {"mail": {"type": "string", "format": "email"}}}""",
        "mail has \"format\", which is not supported.")]
    [InlineData("""{"type": "object", "properties": {"a": {"type": "text"}}}""", "a needs a type")]
    [InlineData(
        """{"type": "object", "properties": {"a": {"type": "array", "items": {"pattern": "x", "type": "string"}}}}""",
        "a[] has \"pattern\"")]
    [InlineData("""{"type": "object", "properties": {"tavus_id": {"type": "string"}}}""", "tavus_id begins with tavus_")]
    public void Refuse_unsupported_rules(string schema, string error) =>
        ArgumentSchema.SchemaError(Json(schema))!.ShouldStartWith(error);

    [Fact]
    public void Read_arguments_from_an_object_or_text_or_nothing()
    {
        Read("""{"a": 1}""").ShouldBe("""{"a":1}""");
        Read("""  "{\"a\": 1}"  """).ShouldBe("""{"a":1}""");
        Read("\"\"").ShouldBe("{}");
        Read("null").ShouldBe("{}");
    }

    [Theory]
    [InlineData("5", "The arguments must be a JSON object.")]
    [InlineData("\"[1]\"", "The arguments must be a JSON object.")]
    [InlineData("\"{no json\"", "The arguments are not valid JSON.")]
    [InlineData("""{"a": "\ud800"}""", "The arguments contain text that is not valid Unicode.")]
    [InlineData("""{"a": 1e400}""", "The arguments contain a number that is out of range.")]
    public void Explain_arguments_that_cannot_be_read(string given, string error) => ToolArguments.Read(Json(given), out _).ShouldBe(error);

    [Fact]
    public void Remove_what_cannot_be_stored() =>
        Read("""{"a\u0000": "b\u0000c", "n": 0.1e-320, "twice": 1, "twice": 2}""").ShouldBe("""{"a":"bc","n":1E-321,"twice":2}""");

    [Fact]
    public void Refuse_arguments_that_are_too_long() =>
        ToolArguments.Read(JsonSerializer.SerializeToElement(new { a = new string('x', 40_000) }), out _)
            .ShouldBe("The arguments are too long.");

    private static string? ArgumentError(string arguments) => ArgumentSchema.ArgumentError(Schema, Json(arguments));

    private static string Read(string given)
    {
        ToolArguments.Read(Json(given), out var arguments).ShouldBeNull();
        return arguments.GetRawText();
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}

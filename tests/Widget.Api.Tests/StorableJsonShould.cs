using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using NpgsqlTypes;
using Widget.Platform.Database;

namespace Widget.Api.Tests;

public sealed class StorableJsonShould(ApiFixture api)
{
    [Theory]
    [InlineData("""{"a": "x\u0000y"}""", """{"a": "xy"}""")]
    [InlineData("""{"a": "\\u0000"}""", """{"a": "\\u0000"}""")]
    [InlineData("""{"a": "\\\u0000"}""", """{"a": "\\"}""")]
    [InlineData("""["\ud800", "\udc00\ud800x", "\ud83d\ude00"]""", """["\ufffd", "\ufffd\ufffdx", "\ud83d\ude00"]""")]
    [InlineData("[1e400000, -1E+999999999999, 1e-400000, 12, 0.5e3]", """["1e400000", "-1E+999999999999", "1e-400000", 12, 0.5e3]""")]
    [InlineData("""{"1e400000": "1e400000"}""", """{"1e400000": "1e400000"}""")]
    [InlineData("{\"\\u0000\": \"\\", "{\"\": \"\\")]
    [InlineData("[-, 1e, --1e400000]", "[-, 1e, --1e400000]")]
    public void Change_only_values_that_cannot_be_stored(string json, string expected) => StorableJson.Clean(json).ShouldBe(expected);

    [Fact]
    public void Replace_bytes_that_are_not_utf8()
    {
        using var document = StorableJson.Parse([0xEF, 0xBB, 0xBF, (byte)'"', 0xFF, (byte)'a', (byte)'"']);

        document.RootElement.GetString().ShouldBe("\ufffda");
    }

    [Fact]
    public async Task Produce_only_values_that_postgresql_accepts()
    {
        await using var connection = await api.Database.ApplicationSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        Prop.ForAll(OddJson.Value.ToArbitrary(), json =>
        {
            using var document = StorableJson.Parse(OddJson.Bytes(json));
            var clean = document.RootElement.GetRawText();
            StorableJson.Clean(clean).ShouldBe(clean);
            StorableJson.ToText(document.RootElement).ShouldBe(clean);
            using var store = new NpgsqlCommand("select $1", connection)
            {
                Parameters = { new NpgsqlParameter { Value = clean, NpgsqlDbType = NpgsqlDbType.Jsonb } },
            };
            using var stored = JsonDocument.Parse((string)store.ExecuteScalar()!);
            foreach (var text in Texts(document.RootElement)) Encoding.UTF8.GetByteCount(text).ShouldBeGreaterThanOrEqualTo(0);
        }).QuickCheckThrowOnFailure();
    }

    // Reading a string with an incomplete surrogate pair would throw.
    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Texts(property.Value).Append(property.Name)),
        _ => [],
    };
}

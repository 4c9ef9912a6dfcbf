using System.Collections;
using System.Text.Json;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Tests.Tavus;

/// <summary>Holds what the client really sends against the tables of documented fields.</summary>
public sealed class TavusContractShould : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private TavusStandIn _server = null!;

    public async ValueTask InitializeAsync() => _server = await TavusStandIn.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static TheoryData<string> Requests => ["conversation", "persona", "document", "tool", "guardrail"];

    [Theory, MemberData(nameof(Requests))]
    public async Task Send_every_documented_field_of_a_request_and_no_other(string request)
    {
        var (filled, table, send) = Of(request);
        Unfilled(filled, request).ShouldBeEmpty("a field that is not filled is not tested");
        _server.Says(200, Answer);

        await send(_server.Client());

        Fields(_server.Requests.Last().Body!.Value, table).ShouldBe(Lines(table), ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Requests))]
    public async Task Send_them_in_the_new_names_to_an_account_that_knows_no_others(string request)
    {
        var (_, table, send) = Of(request);
        _server.Answer = http => http.Request.Path.Value!.Contains("personas", StringComparison.Ordinal)
            || http.Request.Path.Value.Contains("replicas", StringComparison.Ordinal)
            ? TavusStandIn.JsonAsync(http, 404, """{"message":"Not Found"}""")
            : TavusStandIn.JsonAsync(http, 200, Answer);

        await send(_server.Client());

        var renamed = Lines(table).Select(
            line => line.Split(' ') is [var name, var type] && TavusFieldTables.Renamed.TryGetValue(name, out var now)
                ? $"{now} {type}"
                : line);
        Fields(_server.Requests.Last().Body!.Value, table).ShouldBe(renamed, ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Requests))]
    public async Task Leave_out_what_has_no_value(string request)
    {
        _server.Says(200, Answer);
        var client = _server.Client();
        await (request switch
        {
            "conversation" => client.CreateConversationAsync(TavusStandIn.Account, new CreateConversation(), Ct),
            "persona" => client.CreatePersonaAsync(TavusStandIn.Account, new CreatePersona(), Ct),
            "document" => client.CreateDocumentAsync(TavusStandIn.Account, new CreateDocument { DocumentUrl = "https://shop.example" }, Ct),
            "tool" => client.UpdateToolAsync(TavusStandIn.Account, "t1", new ToolDefinition(), Ct),
            _ => (Task)client.UpdateGuardrailAsync(TavusStandIn.Account, "g1", new GuardrailDefinition(), Ct),
        });

        string[] required = request == "document" ? ["document_url"] : [];
        _server.Requests.Last().Body!.Value.EnumerateObject().Select(field => field.Name).ShouldBe(required);
    }

    // Enough for whatever reads it.
    private const string Answer = """
        {"conversation_id":"c1","conversation_url":"https://tavus.daily.co/c1","persona_id":"p1",
         "document_id":"d1","tool_id":"t1","uuid":"g1"}
        """;

    private static (object Filled, string Table, Func<TavusClient, Task> Send) Of(string request) => request switch
    {
        "conversation" =>
            (
                FilledRequests.Conversation,
                TavusFieldTables.Conversation,
                client => client.CreateConversationAsync(TavusStandIn.Account, FilledRequests.Conversation, Ct)),
        "persona" =>
            (
                FilledRequests.Persona,
                TavusFieldTables.Persona,
                client => client.CreatePersonaAsync(TavusStandIn.Account, FilledRequests.Persona, Ct)),
        "document" =>
            (
                FilledRequests.Document,
                TavusFieldTables.Document,
                client => client.CreateDocumentAsync(TavusStandIn.Account, FilledRequests.Document, Ct)),
        "tool" =>
            (FilledRequests.Tool, TavusFieldTables.Tool, client => client.CreateToolAsync(TavusStandIn.Account, FilledRequests.Tool, Ct)),
        _ =>
            (
                FilledRequests.Guardrail,
                TavusFieldTables.Guardrail,
                client => client.CreateGuardrailAsync(TavusStandIn.Account, FilledRequests.Guardrail, Ct)),
    };

    private static IEnumerable<string> Lines(string table) =>
        table.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Each field with its type; what the table calls an object or a list of them is not looked into.</summary>
    private static List<string> Fields(JsonElement value, string table)
    {
        var wholes = Lines(table)
            .Select(line => line.Split(' '))
            .Where(field => field[1].StartsWith("object", StringComparison.Ordinal))
            .Select(field => field[0])
            .ToHashSet(StringComparer.Ordinal);
        var found = new List<string>();
        Collect(value, "");
        return [.. found.Distinct(StringComparer.Ordinal)];

        void Collect(JsonElement item, string path)
        {
            if (item.ValueKind == JsonValueKind.Object && !wholes.Contains(path))
                foreach (var field in item.EnumerateObject()) Collect(field.Value, path.Length == 0 ? field.Name : $"{path}.{field.Name}");
            else if (item.ValueKind == JsonValueKind.Array
                && item.GetArrayLength() > 0
                && item[0].ValueKind == JsonValueKind.Object
                && !wholes.Contains(path))
                foreach (var entry in item.EnumerateArray()) Collect(entry, path);
            else
                found.Add($"{path} {TypeOf(item)}");
        }
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => value.TryGetInt32(out _) ? "int" : "number",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "string[]" : $"{TypeOf(value[0])}[]",
        _ => "null",
    };

    /// <summary>Properties of the client's records that hold nothing.</summary>
    private static IEnumerable<string> Unfilled(object record, string path)
    {
        var properties = record.GetType().GetProperties()
            .Where(property => property.GetMethod is { IsStatic: false } && property.Name != "EqualityContract");
        foreach (var property in properties)
        {
            var value = property.GetValue(record);
            var here = $"{path}.{property.Name}";
            if (value is null) yield return here;
            var parts = value switch
            {
                IEnumerable list and not (string or IDictionary) when value.GetType().Namespace != "System.Text.Json.Nodes" =>
                    list.Cast<object>(),
                null => [],
                _ => [value],
            };
            foreach (var part in parts.Where(part => part.GetType().Namespace == typeof(TavusClient).Namespace))
                foreach (var unfilled in Unfilled(part, here)) yield return unfilled;
        }
    }
}

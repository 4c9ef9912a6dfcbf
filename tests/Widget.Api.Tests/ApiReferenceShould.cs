using System.Net.Http.Json;
using System.Text.Json;

namespace Widget.Api.Tests;

/// <summary>The OpenAPI document of the reference page describes everything that a caller may send.</summary>
public sealed class ApiReferenceShould(ApiFixture api)
{
    [Fact]
    public async Task Describe_every_operation()
    {
        var document = await DocumentAsync();

        var operations = Operations(document).ToList();

        operations.Count.ShouldBeGreaterThan(100);
        operations.Where(
            operation => !operation.Body.TryGetProperty("summary", out var summary) || summary.GetString() is not { Length: > 0 })
            .Select(operation => operation.Name).ShouldBeEmpty();
    }

    [Fact]
    public async Task Describe_every_property_that_can_be_sent()
    {
        var document = await DocumentAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var sent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, body) in Operations(document))
            if (body.TryGetProperty("requestBody", out var request)) Collect(request, schemas, sent);

        sent.ShouldContain("AllowedOrigins");
        sent.Count.ShouldBeGreaterThan(50);
        sent.Order(StringComparer.Ordinal).SelectMany(name => Properties(schemas.GetProperty(name))
            .Where(property => !IsDescribed(property.Value, schemas))
            .Select(property => $"{name}.{property.Name}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Contain_an_example_of_origins()
    {
        var origins = (await DocumentAsync())
            .GetProperty("components")
            .GetProperty("schemas")
            .GetProperty("AllowedOrigins")
            .GetProperty("properties")
            .GetProperty("origins");

        origins.GetProperty("description").GetString().ShouldNotBeNull().ShouldContain("without a path");
        origins.GetRawText().ShouldContain("https://www.example.com");
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var client = api.Node.Client();
        return await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);
    }

    private static IEnumerable<(string Name, JsonElement Body)> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Select(operation => ($"{operation.Name} {path.Name}", operation.Value)));

    private static IEnumerable<JsonProperty> Properties(JsonElement schema) =>
        schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : [];

    // A property of a named type may leave it to the type to say what it is.
    private static bool IsDescribed(JsonElement property, JsonElement schemas) =>
        property.TryGetProperty("description", out var words) && words.GetString() is { Length: > 0 }
        || (property.TryGetProperty("$ref", out var reference)
            && IsDescribed(schemas.GetProperty(reference.GetString()!.Split('/')[^1]), schemas))
        || (property.TryGetProperty("oneOf", out var choices) && choices.EnumerateArray().Any(choice => IsDescribed(choice, schemas)));

    private static void Collect(JsonElement node, JsonElement schemas, HashSet<string> found)
    {
        if (node.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in node.EnumerateArray()) Collect(entry, schemas, found);
        }
        else if (node.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in node.EnumerateObject())
            {
                if (property.NameEquals("$ref") && property.Value.GetString()!.Split('/')[^1] is var name && found.Add(name))
                    Collect(schemas.GetProperty(name), schemas, found);
                else Collect(property.Value, schemas, found);
            }
        }
    }
}

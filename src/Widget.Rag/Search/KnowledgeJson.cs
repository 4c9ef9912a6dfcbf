using System.Text.Json;

namespace Widget.Rag.Search;

/// <summary>Serialises locators and document descriptions in jsonb columns.</summary>
public static class KnowledgeJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);
}

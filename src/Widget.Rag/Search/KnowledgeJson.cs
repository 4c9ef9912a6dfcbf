using System.Text.Json;

namespace Widget.Rag.Search;

/// <summary>How locators and descriptions of documents are stored in jsonb columns.</summary>
public static class KnowledgeJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);
}

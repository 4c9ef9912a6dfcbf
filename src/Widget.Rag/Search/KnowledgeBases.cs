namespace Widget.Rag.Search;

/// <summary>The names of the knowledge bases, as traces and settings write them.</summary>
public static class KnowledgeBases
{
    /// <summary>The tenant's own documents, held in our database.</summary>
    public const string Own = "own";

    /// <summary>The tenant's documents in its Tavus account.</summary>
    public const string Tavus = "tavus";
}

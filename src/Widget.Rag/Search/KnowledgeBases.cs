namespace Widget.Rag.Search;

/// <summary>Names of the knowledge bases in traces and settings.</summary>
public static class KnowledgeBases
{
    /// <summary>The tenant's documents in this installation's database.</summary>
    public const string Own = "own";

    /// <summary>The tenant's documents in its Tavus account.</summary>
    public const string Tavus = "tavus";
}

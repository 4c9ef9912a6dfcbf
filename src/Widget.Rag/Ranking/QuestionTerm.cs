using Pgvector;

namespace Widget.Rag.Ranking;

/// <summary>A lexeme of a question, as BM25 weighs it.</summary>
/// <param name="Lexeme">Stemmed.</param>
/// <param name="Dimension">Its place in the sparse vectors, from 0.</param>
/// <param name="Weight">Inverse document frequency × times asked, stop words at 0.3.</param>
/// <param name="Idf">Inverse document frequency alone.</param>
/// <param name="IsStop">Whether it is a stop word of the tenant's languages.</param>
/// <param name="ChunkCount">In how many of the tenant's chunks it stands.</param>
/// <param name="Place">
/// Where in the question its word stands. Each of the tenant's languages stems a word its own way, so several terms may share a place.
/// </param>
public sealed record QuestionTerm(string Lexeme, int Dimension, float Weight, float Idf, bool IsStop, int ChunkCount, int Place)
{
    /// <summary>The question's part of BM25; its inner product with a chunk's weights is the score.</summary>
    public static SparseVector Vector(IEnumerable<QuestionTerm> terms) => SparseVectors.Create(
        terms.Where(term => term.ChunkCount > 0)
            .GroupBy(term => term.Dimension)
            .Select(same => KeyValuePair.Create(same.Key, same.Max(term => term.Weight))));
}

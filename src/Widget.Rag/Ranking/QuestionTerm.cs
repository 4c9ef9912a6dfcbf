using Pgvector;

namespace Widget.Rag.Ranking;

/// <summary>A lexeme of a question with its BM25 weight.</summary>
/// <param name="Lexeme">The stemmed word.</param>
/// <param name="Dimension">Its dimension in the sparse vectors, from 0.</param>
/// <param name="Weight">Inverse document frequency × occurrences in the question; times 0.3 for stop words.</param>
/// <param name="Idf">Inverse document frequency alone.</param>
/// <param name="IsStop">Whether it is a stop word in the tenant's languages.</param>
/// <param name="ChunkCount">Number of the tenant's chunks that contain it.</param>
/// <param name="Place">
/// Position of the word in the question. Each of the tenant's languages stems a word in its own way, so several terms may share a position.
/// </param>
public sealed record QuestionTerm(string Lexeme, int Dimension, float Weight, float Idf, bool IsStop, int ChunkCount, int Place)
{
    /// <summary>The question's vector. Its inner product with a chunk's weights is the BM25 score.</summary>
    public static SparseVector Vector(IEnumerable<QuestionTerm> terms) => SparseVectors.Create(
        terms.Where(term => term.ChunkCount > 0)
            .GroupBy(term => term.Dimension)
            .Select(same => KeyValuePair.Create(same.Key, same.Max(term => term.Weight))));
}

using Widget.Platform.Tenancy;
using Widget.Rag.Ranking;
using Widget.Rag.Text;

namespace Widget.Rag.Own;

/// <summary>
/// Corrects misspelt words. A word that occurs nowhere in the tenant's knowledge is replaced by the nearest word that does. Distance is the
/// number of edits (insert, delete, replace, swap neighbours; Damerau 1964, in the restricted form that edits no position twice): one for
/// words of five to eight letters, two for longer ones. The first letter must match, because it is nearly always right.
/// </summary>
internal static class Spelling
{
    private const int MinWordLength = 5;
    private const int MinLengthForTwoEdits = 9;
    private const int MaxWordLength = 40;
    private const int MaxWords = 6;
    private const int MaxVariants = 2;

    // A guessed word weighs less than the same word in the question.
    private const float GuessWeight = 0.8f;

    private const string Lexicon =
        """
        select asked.lexeme, known.lexeme, known.dimension, known.chunk_count,
               ln(1 + (statistics.chunk_count - known.chunk_count + 0.5) / (known.chunk_count + 0.5))::real
        from unnest($1::text[]) as asked (lexeme)
        cross join knowledge_statistics statistics
        cross join lateral (
          select lexeme, dimension, chunk_count from lexicon
          where tenant_id = $2
            and lexeme collate "C" >= left(asked.lexeme, 1) and lexeme collate "C" < chr(ascii(asked.lexeme) + 1)
            and length(lexeme) between length(asked.lexeme) - 2 and length(asked.lexeme) + 2
            and chunk_count > 0
        ) known
        """;

    public static Task<IReadOnlyList<QuestionTerm>> CorrectAsync(TenantDb db, IReadOnlyList<QuestionTerm> terms, CancellationToken ct) =>
        CorrectAsync(db, terms, Lexicon, ct);

    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="terms">The question's terms.</param>
    /// <param name="lexicon">
    /// Query for words with the same beginning and a similar length as those in $1, for tenant $2. Columns: the word asked, the known word,
    /// its dimension, the number of passages that contain it, its inverse document frequency.
    /// </param>
    /// <param name="ct">Cancels the search.</param>
    public static async Task<IReadOnlyList<QuestionTerm>> CorrectAsync(
        TenantDb db,
        IReadOnlyList<QuestionTerm> terms,
        string lexicon,
        CancellationToken ct)
    {
        var unknown = terms.GroupBy(term => term.Place)
            .Where(word => word.All(term => term is { ChunkCount: 0, IsStop: false }) && word.Any(term => IsCorrectable(term.Lexeme)))
            .Take(MaxWords)
            .ToList();
        if (unknown.Count == 0) return [];
        var lexemes = unknown
            .SelectMany(word => word.Where(term => IsCorrectable(term.Lexeme)).Select(term => term.Lexeme))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        await using var command = db.Command(lexicon, [lexemes, db.TenantId.Value]);
        var near = new List<(string Misspelt, string Known, int Dimension, int ChunkCount, float Idf, int Edits)>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
            {
                var (asked, known) = (rows.GetString(0), rows.GetString(1));
                var maxEdits = asked.Length >= MinLengthForTwoEdits ? 2 : 1;
                if (Edits(asked, known, maxEdits) is { } edits)
                    near.Add((asked, known, rows.GetInt32(2), rows.GetInt32(3), rows.GetFloat(4), edits));
            }
        }

        return
        [
            .. unknown.SelectMany(word => near
                .Where(candidate => word.Any(term => term.Lexeme == candidate.Misspelt))
                .OrderBy(candidate => candidate.Edits).ThenByDescending(candidate => candidate.ChunkCount)
                .DistinctBy(candidate => candidate.Dimension)
                .Take(MaxVariants)
                .Select(
                    candidate =>
                        new QuestionTerm(
                            candidate.Known,
                            candidate.Dimension,
                            GuessWeight * candidate.Idf,
                            candidate.Idf,
                            IsStop: false,
                            candidate.ChunkCount,
                            word.Key))),
        ];
    }

    /// <summary>Number of edits between two words; null when there are more than <paramref name="maxEdits"/>.</summary>
    public static int? Edits(string a, string b, int maxEdits)
    {
        if (Math.Abs(a.Length - b.Length) > maxEdits) return null;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length] <= maxEdits ? rows[a.Length, b.Length] : null;
    }

    // Numbers are not corrected: another number means something else.
    private static bool IsCorrectable(string lexeme) =>
        lexeme.Length >= MinWordLength
            && lexeme.Length < MaxWordLength
            && lexeme.All(character => char.IsLetter(character) && !Words.IsUnspaced(character));
}

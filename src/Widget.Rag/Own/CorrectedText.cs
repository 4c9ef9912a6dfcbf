using System.Text.RegularExpressions;
using Widget.Platform.Tenancy;
using Widget.Rag.Ranking;
using Widget.Rag.Text;

namespace Widget.Rag.Own;

/// <summary>
/// Rewrites a question with its misspelt words as the best passages spell them, so that it can be compared by meaning. The lexicon only has
/// the stems of words (<see cref="Spelling"/>).
/// </summary>
internal static class CorrectedText
{
    private const int MaxPassages = 10;
    private const int MinLengthForTwoEdits = 9;

    /// <returns>The corrected text; null when the passages have no word to replace one with.</returns>
    public static async Task<string?> ReadAsync(
        TenantDb db,
        string text,
        Question question,
        IReadOnlyList<Candidate<Guid>> candidates,
        CancellationToken ct)
    {
        if (question.Corrections.Count == 0) return null;
        var asked = LexicalText.Prepare(text).Split(' ');
        string[] misspelt =
        [
            .. question.Corrections.Select(term => asked.ElementAtOrDefault(term.Place - 1) ?? "")
                .Where(word => word.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];
        var known = await WordsOfAsync(
            db,
            [.. candidates.OrderByDescending(candidate => candidate.Lexical).Take(MaxPassages).Select(candidate => candidate.Item)],
            ct);
        var corrected = text;
        foreach (var word in misspelt)
        {
            if (Nearest(word.ToLowerInvariant(), known) is not { } nearest) continue;
            corrected = Regex.Replace(
                corrected,
                $@"(?<!\p{{L}}){Regex.Escape(word)}(?!\p{{L}})",
                nearest,
                RegexOptions.None,
                TimeSpan.FromSeconds(1));
        }

        return corrected == text ? null : corrected;
    }

    private static string? Nearest(string word, Dictionary<string, int> known)
    {
        var maxEdits = word.Length >= MinLengthForTwoEdits ? 2 : 1;
        return known
            .Where(candidate => candidate.Key[0] == word[0])
            .Select(candidate => (Word: candidate.Key, candidate.Value, Edits: Spelling.Edits(word, candidate.Key, maxEdits)))
            .Where(candidate => candidate.Edits is not null)
            .OrderBy(candidate => candidate.Edits).ThenByDescending(candidate => candidate.Value)
            .Select(candidate => candidate.Word)
            .FirstOrDefault();
    }

    private static async Task<Dictionary<string, int>> WordsOfAsync(TenantDb db, Guid[] passages, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select document.title, chunk.text
            from chunks chunk join documents document on document.tenant_id = $1 and document.id = chunk.document_id
            where chunk.tenant_id = $1 and chunk.id = any($2)
            """,
            [db.TenantId.Value, passages]);
        var words = new List<string>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) words.AddRange(Words.Of($"{rows.GetString(0)}\n{rows.GetString(1)}"));
        return words.CountBy(word => word, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }
}

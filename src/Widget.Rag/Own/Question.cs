using Widget.Platform.Tenancy;
using Widget.Rag.Ranking;

namespace Widget.Rag.Own;

/// <summary>A question prepared for the lexical arm of a search.</summary>
/// <param name="Terms">Its words with the tenant's BM25 weights, and spelling corrections.</param>
/// <param name="Phrases">Its quoted phrases, whose words must occur next to each other.</param>
internal sealed record Question(IReadOnlyList<QuestionTerm> Terms, IReadOnlyList<string> Phrases)
{
    public static async Task<Question> ReadAsync(TenantDb db, string text, CancellationToken ct)
    {
        var terms = await TermsAsync(db, text, ct);
        return new Question([.. terms, .. await Spelling.CorrectAsync(db, terms, ct)], QuotedPhrase.In(text));
    }

    private static async Task<List<QuestionTerm>> TermsAsync(TenantDb db, string text, CancellationToken ct)
    {
        // Stop words are words that PostgreSQL's own text search configuration drops and ours keeps. This is a prepared statement, because
        // a database function would be planned again for each call.
        await using var command = db.Command(
            """
            select asked.lexeme,
                   asked.dimension,
                   (rarity.idf * asked.frequency * case when asked.is_stop then 0.3 else 1 end)::real,
                   rarity.idf::real,
                   asked.is_stop,
                   coalesce(known.chunk_count, 0),
                   asked.place
            from knowledge_statistics statistics
            cross join lateral (
              select term.lexeme, lexical_dimension(term.lexeme) as dimension,
                     max(cardinality(term.positions)) as frequency,
                     min(term.positions[1])::integer as place,
                     bool_or(not term.lexeme = any(kept.lexemes)) as is_stop
              from unnest(statistics.languages) language
              cross join lateral (
                select tsvector_to_array(to_tsvector(stopping_configuration(language), $1))) kept (lexemes)
              cross join lateral unnest(to_tsvector(search_configuration(language), $1)) term
              group by term.lexeme
            ) asked
            left join lexicon known on known.tenant_id = statistics.tenant_id and known.dimension = asked.dimension
            cross join lateral (
              select ln(1 + (statistics.chunk_count - coalesce(known.chunk_count, 0) + 0.5) / (coalesce(known.chunk_count, 0) + 0.5))
            ) rarity (idf)
            """,
            [LexicalText.Prepare(text)]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var terms = new List<QuestionTerm>();
        while (await rows.ReadAsync(ct))
            terms.Add(
                new QuestionTerm(
                    rows.GetString(0),
                    rows.GetInt32(1),
                    rows.GetFloat(2),
                    rows.GetFloat(3),
                    rows.GetBoolean(4),
                    rows.GetInt32(5),
                    rows.GetInt32(6)));
        return terms;
    }
}

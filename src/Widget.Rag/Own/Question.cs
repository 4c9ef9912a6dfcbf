using Widget.Platform.Tenancy;
using Widget.Rag.Ranking;
using Widget.Rag.Text;

namespace Widget.Rag.Own;

/// <summary>A question prepared for the lexical arm of a search.</summary>
/// <param name="Terms">Its words with the tenant's BM25 weights, and spelling corrections.</param>
/// <param name="Phrases">Its quoted phrases, whose words must occur next to each other.</param>
internal sealed record Question(IReadOnlyList<QuestionTerm> Terms, IReadOnlyList<string> Phrases)
{
    /// <summary>The terms that replace misspelt words.</summary>
    public IReadOnlyList<QuestionTerm> Corrections { get; init; } = [];

    /// <summary>
    /// The BM25 score of a passage of average length that contains each word of the question once. A best passage far below it shares few
    /// words with the question.
    /// </summary>
    public double FullScore => Terms.GroupBy(term => term.Place).Sum(variants => variants.Min(term => term.Weight));

    public static async Task<Question> ReadAsync(TenantDb db, string text, CancellationToken ct)
    {
        var terms = await TermsAsync(db, text, ct);
        var corrections = await Spelling.CorrectAsync(db, terms, ct);
        return new Question([.. terms, .. corrections], QuotedPhrase.In(text)) { Corrections = corrections };
    }

    private static async Task<List<QuestionTerm>> TermsAsync(TenantDb db, string text, CancellationToken ct)
    {
        // Stop words are words that PostgreSQL's own text search configuration drops and ours keeps, in the question's language. They weigh
        // 0.3, and their rarity is measured among the passages in that language: where few passages are in it, "der" is rare but still
        // says little. A spelling without accents and another notation have half the weight of the visitor's own words. This is a prepared
        // statement, because a database function would be planned again for each call.
        var languages = QuestionLanguages.Of(text);
        var words = LexicalText.Prepare(text);
        await using var command = db.Command(
            """
            with spoken as materialized (
              select case when cardinality(named.languages) > 0 then named.languages else statistics.languages end as languages
              from knowledge_statistics statistics
              cross join lateral (
                select array(select language from unnest($3::text[]) language where $4 or language = any(statistics.languages))
              ) named (languages)
            ), kept as materialized (
              select array(
                select place::integer from unnest(to_tsvector(stopping_configuration(language), $1)) term
                cross join lateral unnest(term.positions) place) as places
              from spoken cross join lateral unnest(spoken.languages) language
            ), passages as materialized (
              select case when statistics.languages <@ spoken.languages then statistics.chunk_count
                else (
                  select coalesce(sum(chunk_count), 0) from documents
                  where tenant_id = statistics.tenant_id and language = any(spoken.languages))
                end as spoken
              from knowledge_statistics statistics cross join spoken
            )
            select asked.lexeme,
                   asked.dimension,
                   (case when stop.is_stop then 0.3 * rarity.spoken_idf else rarity.idf end
                     * asked.frequency * case when asked.is_written then 1 else 0.5 end)::real,
                   rarity.idf::real,
                   stop.is_stop,
                   rarity.known,
                   asked.place
            from knowledge_statistics statistics
            cross join passages
            cross join lateral (
              select term.lexeme, lexical_dimension(term.lexeme) as dimension,
                     max(cardinality(term.positions)) as frequency,
                     min(term.positions[1])::integer as place,
                     bool_or(spelling.is_written) as is_written
              from unnest(statistics.languages) language
              cross join (values ($1, true), ($2, false), ($5, false)) spelling (words, is_written)
              cross join lateral unnest(to_tsvector(search_configuration(language), spelling.words)) term
              group by term.lexeme
            ) asked
            cross join lateral (select exists (select from kept where not asked.place = any(kept.places))) stop (is_stop)
            left join lexicon on lexicon.tenant_id = statistics.tenant_id and lexicon.dimension = asked.dimension
            cross join lateral (select coalesce(lexicon.chunk_count, 0)) found (known)
            cross join lateral (
              select found.known,
                     ln(1 + (statistics.chunk_count - found.known + 0.5) / (found.known + 0.5)) as idf,
                     ln(1 + (greatest(passages.spoken - found.known, 0) + 0.5) / (found.known + 0.5)) as spoken_idf
            ) rarity
            """,
            [words, LexicalText.Fold(words), languages.Languages, languages.IsCertain, LexicalNotations.Sign(words)]);
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
        return LexicalNotations.WithoutUnknownSigns(terms);
    }
}

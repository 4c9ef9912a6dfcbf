using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Text;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>A question's words for the lexical search of the mirror, with the mirror's statistics.</summary>
/// <param name="Terms">Its words, weighted by how rare they are in the mirror.</param>
/// <param name="Documents">Number of mirrored documents.</param>
/// <param name="Passages">Number of mirrored passages.</param>
/// <param name="AverageLength">Average length of a passage.</param>
/// <param name="SyncedAt">Time of the last synchronisation.</param>
internal sealed record MirrorQuestion(
    IReadOnlyList<QuestionTerm> Terms,
    int Documents,
    int Passages,
    double AverageLength,
    DateTimeOffset SyncedAt)
{
    // In short questions, stop words carry some meaning. Visitors may also type a word without its accents. The class Question uses the
    // same weights.
    private const float StopWordWeight = 0.3f;
    private const float OtherSpellingWeight = 0.5f;

    private const string Lexicon =
        """
        select asked.lexeme, known.lexeme, lexical_dimension(known.lexeme), known.passages,
               ln(1 + (mirror.passages - known.passages + 0.5) / (known.passages + 0.5))::real
        from unnest($1::text[]) as asked (lexeme)
        cross join tavus_knowledge mirror
        cross join lateral (
          select lexeme, count(*)::integer as passages from tavus_postings
          where tenant_id = $2
            and lexeme >= left(asked.lexeme, 1) and lexeme < chr(ascii(asked.lexeme) + 1)
            and length(lexeme) between length(asked.lexeme) - 2 and length(asked.lexeme) + 2
          group by lexeme
        ) known
        where mirror.tenant_id = $2
        """;

    /// <summary>Returns null when there is no mirror yet.</summary>
    public static async Task<MirrorQuestion?> ReadAsync(TenantDb db, string text, CancellationToken ct)
    {
        if (await TermsAsync(db, text, ct) is not { } question) return null;
        return question with { Terms = [.. question.Terms, .. await Spelling.CorrectAsync(db, question.Terms, Lexicon, ct)] };
    }

    private static async Task<MirrorQuestion?> TermsAsync(TenantDb db, string text, CancellationToken ct)
    {
        var languages = QuestionLanguages.Of(text);
        var words = LexicalText.Prepare(text);
        await using var command = db.Command(
            """
            with spoken as materialized (
              select case when cardinality(named.languages) > 0 then named.languages else mirror.languages end as languages
              from tavus_knowledge mirror
              cross join lateral (
                select array(select language from unnest($4::text[]) language where $5 or language = any(mirror.languages))
              ) named (languages)
              where mirror.tenant_id = $1
            ), kept as materialized (
              select array(
                select place::integer from unnest(to_tsvector(stopping_configuration(language), $2)) term
                cross join lateral unnest(term.positions) place) as places
              from spoken cross join lateral unnest(spoken.languages) language
            )
            select mirror.documents, mirror.passages, mirror.total_length, mirror.synced_at,
                   asked.lexeme, asked.frequency, exists (select from kept where not asked.place = any(kept.places)), asked.place,
                   known.passages, asked.is_written, in_language.passages
            from tavus_knowledge mirror
            cross join spoken
            cross join lateral (
              select case when mirror.languages <@ spoken.languages then mirror.passages
                else (
                  select coalesce(sum(counted.passages::integer), 0)::integer
                  from jsonb_each_text(mirror.passages_by_language) counted (language, passages)
                  where counted.language = any(spoken.languages))
                end
            ) in_language (passages)
            left join lateral (
              select term.lexeme, max(cardinality(term.positions)) as frequency, min(term.positions[1])::integer as place,
                     bool_or(spelling.is_written) as is_written
              from unnest(mirror.languages) language
              cross join (values ($2, true), ($3, false), ($6, false)) spelling (words, is_written)
              cross join lateral unnest(to_tsvector(search_configuration(language), spelling.words)) term
              group by term.lexeme
            ) asked on true
            left join lateral (
              select count(*)::integer as passages from tavus_postings where tenant_id = $1 and lexeme = asked.lexeme
            ) known on true
            where mirror.tenant_id = $1 and mirror.synced_at is not null
            """,
            [db.TenantId.Value, words, LexicalText.Fold(words), languages.Languages, languages.IsCertain, LexicalNotations.Sign(words)]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        MirrorQuestion? question = null;
        var terms = new List<QuestionTerm>();
        while (await rows.ReadAsync(ct))
        {
            var passages = rows.GetInt32(1);
            question ??= new MirrorQuestion(
                terms,
                rows.GetInt32(0),
                passages,
                passages > 0 ? (double)rows.GetInt64(2) / passages : 1,
                rows.GetFieldValue<DateTimeOffset>(3));
            if (rows.IsDBNull(4)) continue;
            var (isStop, containing) = (rows.GetBoolean(6), rows.GetInt32(8));
            var idf = (float)Bm25.Idf(passages, containing);
            var weight = rows.GetBoolean(9) ? 1 : OtherSpellingWeight;
            // The rarity of a stop word is measured among the passages in the question's language.
            weight *= isStop ? StopWordWeight * (float)Bm25.Idf(Math.Max(rows.GetInt32(10), containing), containing) : idf;
            terms.Add(
                new QuestionTerm(
                    rows.GetString(4),
                    Dimension: 0,
                    weight * rows.GetInt32(5),
                    idf,
                    isStop,
                    containing,
                    rows.GetInt32(7)));
        }

        return question is null ? null : question with { Terms = LexicalNotations.WithoutUnknownSigns(terms) };
    }
}

using Npgsql;
using Widget.Rag.Own;

namespace Widget.Rag.Ingestion;

/// <summary>The SQL that turns the words of passages into lexemes.</summary>
internal static class PassageAnalysis
{
    /// <summary>
    /// Common table expressions. <c>analysed</c> has the passages of the JSON array $2 with their lexemes, their length, and the terms with
    /// dimensions and frequencies.
    /// </summary>
    public const string Expressions =
        """
        chunk as (
          select *, search_configuration(language) as configuration
          from jsonb_to_recordset($2) as chunk
               (id uuid, document_id uuid, ordinal int, heading text, other_heading text, words text, other_words text, text text,
                locator jsonb, language text)
        ), given as (
          -- Another spelling with the same stem is the same word and must not count twice.
          select chunk.*, written.lexemes || ts_delete(other.lexemes, tsvector_to_array(written.lexemes)) as lexemes
          from chunk
          cross join lateral (
            select setweight(to_tsvector(configuration, heading), 'A') || to_tsvector(configuration, words)) written (lexemes)
          cross join lateral (
            select setweight(to_tsvector(configuration, other_heading), 'A') || to_tsvector(configuration, other_words)) other (lexemes)
        ), analysed as materialized (
          select given.*, term.*
          from given
          cross join lateral (
            select coalesce(array_agg(lexeme), '{}') as terms,
                   coalesce(array_agg(lexical_dimension(lexeme)), '{}') as dimensions,
                   coalesce(array_agg(frequency), '{}') as frequencies,
                   coalesce(sum(frequency), 0) as length
            from (
              select lexeme, cardinality(weights) + 2 * cardinality(array_positions(weights, 'A')) as frequency
              from unnest(given.lexemes)
            ) counted
          ) term
        )
        """;

    /// <summary>Reads the columns id, terms, dimensions and frequencies.</summary>
    public static async Task<List<PassageTerms>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var rows = await command.ExecuteReaderAsync(ct);
        var terms = new List<PassageTerms>();
        while (await rows.ReadAsync(ct))
            terms.Add(
                new PassageTerms(
                    rows.GetGuid(0),
                    rows.GetFieldValue<string[]>(1),
                    rows.GetFieldValue<int[]>(2),
                    rows.GetFieldValue<int[]>(3)));
        return terms;
    }
}

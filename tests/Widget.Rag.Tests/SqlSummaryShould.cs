using Widget.Rag.Storage;

namespace Widget.Rag.Tests;

public sealed class SqlSummaryShould
{
    [Theory]
    [InlineData("select id from documents where id = $1", "select documents")]
    [InlineData("INSERT INTO conversation_events (a) VALUES ($1)", "insert conversation_events")]
    [InlineData("update pending_answers set x = $1", "update pending_answers")]
    [InlineData("DELETE FROM pending_answers AS p WHERE TRUE", "delete pending_answers")]
    [InlineData("select set_config('app.tenant_id', $1, true)", "select")]
    [InlineData("with lexical as materialized (select chunk_id from chunk_terms) select 1 from lexical", "select chunk_terms")]
    [InlineData("", "sql")]
    public void Say_what_a_statement_does_to_what(string sql, string summary) => SqlSummary.Of(sql).ShouldBe(summary);
}

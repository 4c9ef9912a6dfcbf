using Widget.Platform.Database;

namespace Widget.Rag.Tests.Storage;

public sealed class SqlSummaryShould
{
    [Theory]
    [InlineData("select id from documents where id = $1", "select documents")]
    [InlineData("INSERT INTO conversation_events (a) VALUES ($1)", "insert conversation_events")]
    [InlineData("update pending_answers set x = $1", "update pending_answers")]
    [InlineData("DELETE FROM pending_answers AS p WHERE TRUE", "delete pending_answers")]
    [InlineData("select set_config('app.tenant_id', $1, true)", "select set_config")]
    [InlineData("with lexical as materialized (select chunk_id from chunk_terms) select 1 from lexical", "select chunk_terms")]
    [InlineData(
        "with next as (update conversations set a = 1 returning b), added as (insert into conversation_events (a) values ($1)) "
            + "select 1 from added",
        "insert conversation_events")]
    [InlineData("select id from ingestion_items where job_id = $1 for update skip locked", "select ingestion_items")]
    [InlineData("insert into lexicon values ($1) on conflict (a) do update set b = 1", "insert lexicon")]
    [InlineData("select 1", "select")]
    [InlineData("select x from (select 1 from documents) y", "select documents")]
    [InlineData("", "sql")]
    public void Name_the_operation_and_the_table(string sql, string summary) => SqlSummary.Of(sql).ShouldBe(summary);
}

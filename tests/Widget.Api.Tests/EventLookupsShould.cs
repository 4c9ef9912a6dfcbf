using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tests;

/// <summary>Measures how many of a conversation's 10,000 events are read to find one of them.</summary>
public sealed class EventLookupsShould(ApiFixture api)
{
    private const int Length = 10_000;
    private const int Batch = 250;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_few_rows_of_a_long_conversation()
    {
        var (tenant, conversation) = await LongConversationAsync();
        await using var db = await api.Node.Service<TenantDatabase>().BeginAsync(tenant, Ct);

        (await ConversationLog.AnswerToAsync(db, conversation, 5_001, Ct)).ShouldNotBeNull();
        (await ConversationLog.FindAsync<VisitorMessage>(db, conversation, "c7001", Ct)).ShouldNotBeNull().Seq.ShouldBe(7_001);
        (await ConversationLog.ExistingClientIdsAsync(db, conversation, ["c7001", "c7002", "other"], Ct)).ShouldBe(
            ["c7001", "c7002"],
            ignoreOrder: true);

        await using var touched = db.Command(
            "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'conversation_events'");
        ((long)(await touched.ExecuteScalarAsync(Ct))!).ShouldBeLessThan(50);
    }

    [Theory]
    [InlineData("select 1 from visitors where external_id = '7'")]
    [InlineData(
        "select 1 from conversation_events "
            + "where conversation_id = (select conversation_id from conversation_events limit 1) "
            + "and message_id = '00000000-0000-0000-0000-000000000001'")]
    public async Task Use_an_index(string query)
    {
        var (tenant, _) = await LongConversationAsync();
        await using var db = await api.Node.Service<TenantDatabase>().BeginAsync(tenant, Ct);
        await using (var off = db.Command("set local enable_seqscan = off")) await off.ExecuteNonQueryAsync(Ct);
#pragma warning disable CA2100 // The query is written above.
        await using var explain = db.Command($"explain {query}");
#pragma warning restore CA2100

        var plan = new List<string>();
        await using (var rows = await explain.ExecuteReaderAsync(Ct))
            while (await rows.ReadAsync(Ct)) plan.Add(rows.GetString(0));

        plan.ShouldContain(
            line => line.Contains("Index Cond", StringComparison.Ordinal)
                && (line.Contains("external_id", StringComparison.Ordinal) || line.Contains("message_id", StringComparison.Ordinal)),
            string.Join('\n', plan));
    }

    // Questions and their answers in turn, and as many visitors.
    private async Task<(TenantId Tenant, ConversationId Conversation)> LongConversationAsync()
    {
        var tenant = await api.Database.AddTenantAsync();
        var id = Guid.CreateVersion7();
        await api.Database.OwnerSource.ExecuteAsync(
            "insert into visitors (tenant_id, id, external_id) "
                + "select $1, case n when 1 then $2 else gen_random_uuid() end, n::text from generate_series(1, 1000) n",
            tenant.Value,
            id);
        await api.Database.OwnerSource.ExecuteAsync(
            "insert into conversations (tenant_id, id, visitor_id, last_seq) values ($1, $2, $2, $3)",
            tenant.Value,
            id,
            Length);
        // In batches, because each event updates its conversation's figures: PostgreSQL removes the earlier versions of a row only after
        // the transaction, and reads them all until then.
        for (var first = 1; first <= Length; first += Batch)
        {
            await api.Database.OwnerSource.ExecuteAsync(
                """
                insert into conversation_events (tenant_id, conversation_id, seq, kind, client_id, message_id, data)
                select $1, $2, seq,
                  case when seq % 2 = 1 then 'visitor_message' else 'assistant_message' end,
                  'c' || seq,
                  case when seq % 2 = 0 then gen_random_uuid() end,
                  case when seq % 2 = 1 then '{"kind": "visitor_message", "text": "Hello?"}'
                    else jsonb_build_object(
                      'kind', 'assistant_message', 'messageId', gen_random_uuid(), 'replyTo', seq - 1, 'text', 'Hello.',
                      'outcome', 'answered', 'citations', '[]'::jsonb) end
                from generate_series($3, $4) seq
                """,
                tenant.Value,
                id,
                first,
                first + Batch - 1);
        }

        await api.Database.OwnerSource.ExecuteAsync("analyze conversation_events; analyze visitors");
        return (tenant, new ConversationId(id));
    }
}

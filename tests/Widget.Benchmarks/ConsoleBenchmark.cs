using System.Diagnostics;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Inbox;
using Widget.Api.Leads;
using Widget.Api.Leads.Reading;
using Widget.Api.Meetings.Reps;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// How long the queries take that the console's inbox and leads wait for. Half of the conversations were handed to people, nearly all of
/// these are closed. Each second conversation has a lead.
/// </summary>
internal static class ConsoleBenchmark
{
    private const int Repetitions = 20;

    /// <param name="conversations">Number of conversations; half as many leads.</param>
    public static async Task RunAsync(int conversations)
    {
        await using var database = await TestDatabase.CreateAsync();
        var tenant = await database.AddTenantAsync();
        await FillAsync(database, tenant.ToString()!, conversations);
        var tenants = new TenantDatabase(
            database.ApplicationSource,
            [TenancyTables.Tables, ConversationTables.Tables, InboxTables.Tables, LeadTables.Tables, RepTables.Tables]);
        // Names of reps are read from the database alone.
        var inbox = new InboxQueries(tenants, new InboxReps(new RepService(tenants, secrets: null!, feeds: null!, TimeProvider.System), tenants));
        foreach (var list in Enum.GetValues<InboxList>())
            await MeasureAsync($"inbox, {list}", () => ListAsync(new InboxQuery(list, Rep(3), null, null, 30)));
        await MeasureAsync("inbox, counts", () => inbox.CountAsync(tenant, Rep(3), CancellationToken.None));
        await MeasureAsync("inbox, search", () => ListAsync(new InboxQuery(InboxList.Closed, null, "visitor 471", null, 30)));

        var leads = new LeadReader(tenants);
        foreach (var (name, filter) in new (string, LeadFilter)[]
        {
            ("newest", new()),
            ("by score", new() { Sort = LeadSort.Score }),
            ("hot", new() { Tiers = ["hot"], Sort = LeadSort.Score }),
            ("without a tier", new() { Tiers = ["none"], IncludesUntiered = true, Sort = LeadSort.Score }),
            ("hot without an owner", new() { Tiers = ["hot"], Owners = [], IncludesUnowned = true }),
            ("search", new() { Query = "lead 471" }),
        })
        {
            await MeasureAsync($"leads, {name}", () => leads.ListAsync(tenant, filter, null, 25, CancellationToken.None));
        }

        await MeasureAsync("leads, counts", () => leads.CountAsync(tenant, CancellationToken.None));

        Task ListAsync(InboxQuery query) => inbox.ListAsync(tenant, query, CancellationToken.None);
    }

    private static async Task MeasureAsync(string name, Func<Task> query)
    {
        var times = new List<double>();
        for (var i = 0; i < Repetitions; i++)
        {
            var watch = Stopwatch.StartNew();
            await query();
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        var first = times[0];
        times.Sort();
        Console.WriteLine($"{name}: first {first:0} ms, p50 {times[times.Count / 2]:0} ms, p95 {times[times.Count * 95 / 100]:0} ms");
    }

    private static Guid Rep(int number) => Guid.Parse($"00000000-0000-0000-0001-{number:000000000000}");

    private static async Task FillAsync(TestDatabase database, string tenant, int conversations)
    {
        await using var connection = await database.OwnerSource.OpenConnectionAsync();
        // Only what is read is made: neither webhooks nor figures of these rows.
        await using var fill = new NpgsqlCommand(
            $$"""
            set session_replication_role = replica;
            insert into reps (tenant_id, id, name, email, time_zone)
            select '{{tenant}}', ('00000000-0000-0000-0001-' || lpad(i::text, 12, '0'))::uuid, 'Rep ' || i, i || '@x.example', 'UTC'
            from generate_series(1, 10) i;
            insert into visitors (tenant_id, id, traits)
            select '{{tenant}}', ('00000000-0000-0000-0002-' || lpad(i::text, 12, '0'))::uuid, jsonb_build_object('name', 'Visitor ' || i)
            from generate_series(1, {{conversations}}) i;
            insert into conversations (tenant_id, id, visitor_id, context, last_seq, created_at, updated_at)
            select '{{tenant}}', ('00000000-0000-0000-0003-' || lpad(i::text, 12, '0'))::uuid,
              ('00000000-0000-0000-0002-' || lpad(i::text, 12, '0'))::uuid, '{}', 6, at, at
            from (select i, now() - ({{conversations}} - i) * interval '5 minutes' as at from generate_series(1, {{conversations}}) i) made;
            insert into conversation_events (tenant_id, conversation_id, seq, kind, data, created_at)
            select tenant_id, id, seq, case when seq % 2 = 1 then 'visitor_message' else 'assistant_message' end,
              jsonb_build_object('text', repeat('Some words of a message ', 6) || seq, 'page', 'https://shop.example/' || seq), created_at
            from conversations, generate_series(1, 6) seq;
            insert into handoffs (tenant_id, conversation_id, state, rep_id, requested_at, spam)
            select tenant_id, id, case when n % 1000 = 0 then 'waiting' when n % 300 = 0 then 'open' when n % 7 = 0 then 'assistant'
              else 'closed' end, ('00000000-0000-0000-0001-' || lpad((1 + n / 2 % 10)::text, 12, '0'))::uuid, created_at, n % 50 = 2
            from (select *, row_number() over (order by id) n from conversations) numbered where n % 2 = 0;
            insert into leads (tenant_id, id, name, email, address, company, scored_tier, score, owner_id, created_at)
            select '{{tenant}}', ('00000000-0000-0000-0004-' || lpad(i::text, 12, '0'))::uuid, 'Lead ' || i, 'lead' || i || '@c.example',
              'lead' || i || '@c.example', 'c.example', (array['hot', 'warm', 'cold'])[1 + (i % 10 > 0)::int + (i % 10 > 3)::int], i % 101,
              case when i % 4 > 0 then ('00000000-0000-0000-0001-' || lpad((1 + i % 10)::text, 12, '0'))::uuid end, now()
            from generate_series(1, {{conversations}} / 2) i;
            insert into lead_conversations (tenant_id, lead_id, conversation_id)
            select tenant_id, id, ('00000000-0000-0000-0003-' || lpad((2 * row_number() over (order by id))::text, 12, '0'))::uuid
            from leads;
            set session_replication_role = default;
            analyze;
            """,
            connection)
        { CommandTimeout = 1_200 };
        await using (var across = new NpgsqlCommand("set app.across_tenants = 'on'", connection)) await across.ExecuteNonQueryAsync();
        await fill.ExecuteNonQueryAsync();
    }
}

using System.Diagnostics;
using NodaTime;
using Npgsql;
using Widget.Api.Analytics;
using Widget.Api.Conversations;
using Widget.Api.Leads;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>How long a month's figures take, and what counting costs when an event is appended.</summary>
internal static class AnalyticsBenchmark
{
    private const int EventsOfConversation = 9;
    private const int Repetitions = 20;

    /// <param name="events">Number of events in the month.</param>
    public static async Task RunAsync(int events)
    {
        await using var database = await TestDatabase.CreateAsync();
        var tenant = await database.AddTenantAsync();
        var conversations = events / EventsOfConversation;
        await ExecuteAsync(
            database,
            $"""
            insert into visitors (tenant_id, id, traits) values ('{tenant}', '{Guid.Empty}', '{"{}"}');
            insert into conversations (tenant_id, id, visitor_id, context, created_at)
            select '{tenant}', gen_random_uuid(), '{Guid.Empty}', '{"{}"}', timestamptz '2026-10-01' + random() * interval '31 days'
            from generate_series(1, {conversations})
            """);
        // In turn, so that other load on the machine affects both equally.
        var (counted, plain) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var part = 0; part < 10; part++)
        {
            counted += await AddEventsAsync(database, part, isCounted: true);
            plain += await AddEventsAsync(database, part, isCounted: false);
        }

        Console.WriteLine($"appending {events:N0} events: counting them takes {counted / plain:0.0} times as long as the inserts alone "
            + $"({(counted - plain).TotalMicroseconds / events:0} µs an event more)");
        await ExecuteAsync(database, "vacuum analyze");

        var service = new AnalyticsService(
            new TenantDatabase(
                database.ApplicationSource,
                [
                    TenancyTables.Tables,
                    ConversationTables.Tables,
                    AnalyticsTables.Tables,
                    LeadTables.Tables,
                    RepTables.Tables,
                    UsageTables.Tables,
                ]),
            new BudgetOptions());
        var month = new AnalyticsPeriod(
            Instant.FromUtc(2026, 10, 1, 0, 0),
            Instant.FromUtc(2026, 11, 1, 0, 0),
            DateTimeZoneProviders.Tzdb["Europe/Berlin"]);
        foreach (var by in Enum.GetValues<AnalyticsGrouping>())
        {
            var times = new List<double>();
            for (var i = 0; i < Repetitions; i++)
            {
                var watch = Stopwatch.StartNew();
                var summary = await service.SummarizeAsync(tenant, month, by, CancellationToken.None);
                times.Add(watch.Elapsed.TotalMilliseconds);
                if (summary.Total.Conversations != conversations) throw new InvalidOperationException("The figures are wrong.");
            }

            times.Sort();
            Console.WriteLine($"a month of {events:N0} events in {conversations:N0} conversations by {by.ToString().ToLowerInvariant()}: "
                + $"p50 {times[times.Count / 2]:0} ms, p95 {times[times.Count * 95 / 100]:0} ms");
        }
    }

    // Four questions with answers and a request for a person, of a tenth of the conversations. Without counting, the same is added to a
    // copy of the log that has the same indexes.
    private static async Task<TimeSpan> AddEventsAsync(TestDatabase database, int part, bool isCounted)
    {
        var table = isCounted ? "conversation_events" : "plain_events";
        if (!isCounted && part == 0) await ExecuteAsync(database, "create table plain_events (like conversation_events including all)");
        var watch = Stopwatch.StartNew();
        // Each event of a conversation in another transaction, as in life: a row that is changed leaves old versions to clean up.
        for (var seq = 1; seq <= EventsOfConversation; seq++)
        {
            await ExecuteAsync(
                database,
                $$"""
                insert into {{table}} (tenant_id, conversation_id, seq, kind, data, created_at)
                select tenant_id, id, {{seq}}, '{{KindOf(seq)}}',
                  case '{{KindOf(seq)}}'
                    when 'person_requested' then '{}'::jsonb
                    when 'visitor_message' then
                      jsonb_build_object('text', 'Hello?', 'page', 'https://shop.example/' || (hashtext(id::text) & 63))
                    else jsonb_build_object('text', repeat('An answer. ', 30), 'outcome', 'quoted', 'replyTo', {{seq}} - 1) end,
                  created_at + {{seq}} * interval '20 seconds'
                from conversations
                where abs(hashtext(id::text)::bigint) % 10 = {{part}}
                """);
        }

        return watch.Elapsed;
    }

    private static string KindOf(int seq) =>
        seq == EventsOfConversation ? "person_requested"
        : seq % 2 == 1 ? "visitor_message"
        : "assistant_message";

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var connection = await database.OwnerSource.OpenConnectionAsync();
        await using (var across = new NpgsqlCommand("set app.across_tenants = 'on'", connection)) await across.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 1_200 };
        await command.ExecuteNonQueryAsync();
    }
}

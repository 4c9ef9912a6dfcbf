using System.Diagnostics;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Tavus;

/// <summary>The number of queries that listing video calls takes.</summary>
public sealed class VideoListShould(ApiFixture api)
{
    [Fact]
    public async Task Use_the_same_number_of_queries_for_many_calls_as_for_few()
    {
        var (few, many) = (await TenantWithCallsAsync(2), await TenantWithCallsAsync(60));

        var forFew = await ListAsync(few);
        var forMany = await ListAsync(many);

        (forFew.Sessions.Count, forMany.Sessions.Count).ShouldBe((2, 60));
        forMany.Statements.ShouldBe(forFew.Statements);
        // Half of them wait, newest last, and each has its own position.
        forMany.Sessions.Where(session => session.State == TavusSessionState.Queued).Select(session => session.Position)
            .ShouldBe(Enumerable.Range(1, 30).Reverse().Select(place => (int?)place));
        forMany.Sessions.Where(session => session.State == TavusSessionState.Live)
            .ShouldAllBe(session => session.Position == null && session.GreenScreen);
    }

    private static async Task<(IReadOnlyList<TavusSession> Sessions, int Statements)> ListAsync(TestTenant tenant)
    {
        var trace = ActivityTraceId.CreateRandom();
        var statements = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                // Whether the pool had to open a connection ("CONNECT") is chance.
                if (activity.Source.Name == "Npgsql" && activity.TraceId == trace && !activity.DisplayName.StartsWith("CONNECT"))
                    Interlocked.Increment(ref statements);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/tavus/sessions?limit=200");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        var response = await tenant.Developer.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        var listed = (await response.Content.ReadFromJsonAsync<TavusSessions>(TestTenant.Json))!;
        statements.ShouldBeGreaterThan(0, "the statements of the request are seen");
        return (listed.Sessions, statements);
    }

    // Rows without anything left for a node to do.
    private async Task<TestTenant> TenantWithCallsAsync(int count)
    {
        var tenant = await TestTenant.CreateAsync(api);
        (await tenant.Developer.PutAsJsonAsync("/api/settings", new { tavusGreenScreen = true })).EnsureSuccessStatusCode();
        var visitor = await tenant.VisitAsync();
        var start = DateTimeOffset.UtcNow;
        for (var i = 0; i < count; i++)
        {
            await api.Database.OwnerSource.ExecuteAsync(
                """
                insert into tavus_sessions (tenant_id, id, conversation_id, visitor_id, client_id, state, account, replica_id, wish,
                  watched, reserved_seconds, name, callback_token, created_at, queued_at, opened_at, next_check_at)
                values ($1, $2, $3, $4, $5, case when $6 then 'queued' else 'live' end, $1::text, 'r', '{}',
                  false, 60, $5, sha256($2::text::bytea), now(), case when $6 then now() end, case when not $6 then now() end, null)
                """,
                tenant.Created.TenantId,
                // Ids of the same millisecond have no order.
                Guid.CreateVersion7(start.AddMilliseconds(i)),
                visitor.Session.ConversationId,
                visitor.Session.VisitorId,
                Guid.NewGuid().ToString("N"),
                i % 2 == 0);
        }

        return tenant;
    }
}

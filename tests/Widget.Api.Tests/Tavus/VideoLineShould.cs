using Widget.Contracts;
using Widget.Testing;
using static Widget.Api.Tests.Tavus.VideoTenant;

namespace Widget.Api.Tests.Tavus;

/// <summary>The queue for a slot at Tavus.</summary>
public sealed class VideoLineShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await StartNodeAsync(api);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Wait_in_the_queue_for_a_slot_and_then_open()
    {
        var video = await CreateAsync(api, _node, account: new { slots = 1 });
        var (first, second, third) = (await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync());
        var going = await OpenAsync(first);

        var next = await OpenAsync(second);
        var last = await OpenAsync(third);

        (next.State, next.Position).ShouldBe((TavusSessionState.Queued, 1));
        (last.State, last.Position).ShouldBe((TavusSessionState.Queued, 2));
        await EndAsync(first, going.SessionId);
        await Eventually.TrueAsync(
            async () =>
            {
                await AliveAsync(third, last.SessionId);
                return (await AliveAsync(second, next.SessionId)).State == TavusSessionState.Live;
            },
            "the next one's call is open");
        (await AliveAsync(third, last.SessionId)).Position.ShouldBe(1);
        (await video.CallsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Admit_all_waiting_sessions_as_soon_as_slots_are_free()
    {
        var video = await CreateAsync(api, _node, account: new { slots = 1 });
        var going = await video.Tenant.VisitAsync();
        await OpenAsync(going);
        var waiting = new List<(TestVisitor Visitor, TavusSession Session)>();
        for (var i = 0; i < 6; i++)
        {
            var visitor = await video.Tenant.VisitAsync();
            waiting.Add((visitor, await OpenAsync(visitor)));
            // A waiting page reports that it is open.
            foreach (var one in waiting) await AliveAsync(one.Visitor, one.Session.SessionId);
        }

        await video.TermsAsync(new { slots = 10 });

        await Task.WhenAll(waiting.Select(one => UntilAsync(one.Visitor, one.Session.SessionId, TavusSessionState.Live)));
        var opened = (await video.CallsAsync()).Skip(1).Select(call => call.Name);
        opened.ShouldBe(waiting.Select(one => $"widget-{one.Session.SessionId:N}"), "nobody has overtaken another");
    }

    [Fact]
    public async Task Wake_when_a_call_ends_and_when_another_gets_a_slot()
    {
        var video = await CreateAsync(api, _node, account: new { slots = 1 });
        var (first, second, third) = (await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync());
        var going = await OpenAsync(first);
        var (next, last) = (await OpenAsync(second), await OpenAsync(third));
        foreach (var waiting in new[] { next, last })
            await Eventually.TrueAsync(() => SleepAsync(waiting.SessionId), "nobody would look at it for an hour");
        await video.TermsAsync(new { slots = 2 });

        // The page reports at the same moment.
        await using var connection = await api.Database.OwnerSource.OpenConnectionAsync(Ct);
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await using var command = new Npgsql.NpgsqlCommand(
                "select 1 from tavus_sessions where id = $1 for update",
                connection,
                transaction)
            { Parameters = { new() { Value = next.SessionId } } };
            await command.ExecuteScalarAsync(Ct);
            await EndAsync(first, going.SessionId);
            await Eventually.TrueAsync(
                async () => (await GetAsync(first, going.SessionId)).State == TavusSessionState.Ended,
                "the slot is free");
        }

        await Task.WhenAll(
            UntilAsync(second, next.SessionId, TavusSessionState.Live),
            UntilAsync(third, last.SessionId, TavusSessionState.Live));
    }

    [Fact]
    public async Task Not_wait_for_a_session_that_opens_slowly()
    {
        var video = await CreateAsync(api, _node, account: new { slots = 1 });
        var (first, second, third) = (await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync());
        await OpenAsync(first);
        var (stuck, next) = (await OpenAsync(second), await OpenAsync(third));
        await video.FailAsync("POST conversations", mode: "hang");

        await video.TermsAsync(new { slots = 10 });

        await UntilAsync(third, next.SessionId, TavusSessionState.Live, seconds: 10);
        (await GetAsync(second, stuck.SessionId)).State.ShouldBe(TavusSessionState.Queued, "it is still trying");
    }

    [Fact]
    public async Task Stay_in_the_queue_while_Tavus_is_briefly_unreachable()
    {
        var video = await CreateAsync(api, _node, account: new { slots = 1 });
        var (first, second) = (await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync());
        var going = await OpenAsync(first);
        var waiting = await OpenAsync(second);
        await video.FailAsync("POST conversations", status: 429, times: 3);

        await EndAsync(first, going.SessionId);

        await UntilAsync(second, waiting.SessionId, TavusSessionState.Live);
    }

    [Fact]
    public async Task Free_the_place_of_a_visitor_who_left_the_queue()
    {
        var video = await CreateAsync(api, _node, account: new { slots = 1 });
        var (first, second) = (await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync());
        var going = await OpenAsync(first);
        var waiting = await OpenAsync(second);

        await Eventually.TrueAsync(
            async () =>
            {
                await AliveAsync(first, going.SessionId);
                return (await GetAsync(second, waiting.SessionId)).State == TavusSessionState.Ended;
            },
            "the place is given up",
            20);

        await EndAsync(first, going.SessionId);
        await UntilAsync(first, going.SessionId, TavusSessionState.Ended);
        (await video.CallsAsync()).Count.ShouldBe(1);
    }

    // False while a node is checking the session, because it would overwrite the next check.
    private async Task<bool> SleepAsync(Guid session)
    {
        await using var command = api.Database.OwnerSource.CreateCommand(
            "update tavus_sessions set next_check_at = now() + interval '1 hour', seen_at = now() + interval '1 minute' "
                + "where id = $1 and state = 'queued' and lease_owner is null");
        command.Parameters.Add(new() { Value = session });
        return await command.ExecuteNonQueryAsync(Ct) == 1;
    }
}

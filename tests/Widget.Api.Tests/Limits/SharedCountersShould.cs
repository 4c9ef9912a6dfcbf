using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Widget.Api.Limits;
using Widget.Testing;

namespace Widget.Api.Tests.Limits;

/// <summary>Nodes share the remaining tokens without a query for each request, and limit on their own while the database is away.</summary>
[Collection(typeof(Alone))]
public sealed class SharedCountersShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_shared_by_two_nodes()
    {
        var options = new LimitOptions().With(Limit.Sessions, Rate.Parse("100/1h"));
        await using var one = await ApiNode.StartAsync(api.Database, limits: options);
        await using var two = await ApiNode.StartAsync(api.Database, limits: options);
        var key = Guid.NewGuid().ToString();
        var allowed = 0;

        for (var i = 0; i < 150; i++)
            foreach (var node in new[] { one, two })
                if (await node.Service<RequestLimits>().TakeAsync(Limit.Sessions, key, Ct) is null) allowed++;

        // Each node may hold, or owe, at most one slice of five tokens.
        allowed.ShouldBeInRange(90, 110);
    }

    [Fact]
    public async Task Query_the_database_for_only_a_few_requests()
    {
        await using var node = await ApiNode.StartAsync(api.Database, limits: new LimitOptions());
        var asked = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
                asked += activity.GetTagItem("db.query.text") is string text && text.Contains(
                    "take_tokens",
                    StringComparison.Ordinal) ? 1 : 0,
        };
        ActivitySource.AddActivityListener(listener);

        for (var visitor = 0; visitor < 200; visitor++)
        {
            var key = Guid.NewGuid().ToString();
            for (var i = 0; i < 3; i++) (await node.Service<RequestLimits>().TakeAsync(Limit.Messages, key, Ct)).ShouldBeNull();
        }

        for (var i = 0; i < 600; i++) (await node.Service<RequestLimits>().TakeAsync(Limit.TenantMessages, "a tenant", Ct)).ShouldBeNull();

        asked.ShouldBeInRange(1, 20);
    }

    [Fact]
    public async Task Refill_over_time_and_delete_full_buckets()
    {
        var (key, slow) = (Guid.NewGuid().ToByteArray(), Guid.NewGuid().ToByteArray());
        (await TakeAsync(slow, 10, 4, TimeSpan.FromHours(4))).Granted.ShouldBe(4);
        var refused = await TakeAsync(slow, 1, 4, TimeSpan.FromHours(4));
        refused.Granted.ShouldBe(0);
        refused.Wait.ShouldBeInRange(TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));

        (await TakeAsync(key, 10, 4, TimeSpan.FromMilliseconds(400))).Granted.ShouldBe(4);
        await Eventually.TrueAsync(
            async () => (await TakeAsync(key, 1, 4, TimeSpan.FromMilliseconds(400))).Granted == 1,
            "a token has come back");
        await using (var age = api.Database.OwnerSource.CreateCommand(
            "update rate_limits set full_at = now() - interval '2 minutes' where key = $1"))
        {
            age.Parameters.Add(new NpgsqlParameter { Value = key });
            await age.ExecuteNonQueryAsync(Ct);
        }

        await using var forget = api.Database.ApplicationSource.CreateCommand("select forget_full_buckets()");
        await forget.ExecuteNonQueryAsync(Ct);
        await using var left = api.Database.OwnerSource.CreateCommand("select count(*) from rate_limits where key = $1");
        left.Parameters.Add(new NpgsqlParameter { Value = key });
        (await left.ExecuteScalarAsync(Ct)).ShouldBe(0L);
    }

    [Fact]
    public async Task Not_be_readable_by_the_application()
    {
        await using var read = api.Database.ApplicationSource.CreateCommand("select count(*) from rate_limits");
        (await Should.ThrowAsync<PostgresException>(() => read.ExecuteScalarAsync(Ct))).SqlState
            .ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Allow_and_count_requests_while_the_database_is_unreachable()
    {
        var nowhere = new NpgsqlConnectionStringBuilder(api.Database.Application) { Port = Simulator.FreePort(), Timeout = 2 };
        await using var source = NpgsqlDataSource.Create(nowhere.ConnectionString);
        await using var node = await ApiNode.StartAsync(
            api.Database,
            limits: new LimitOptions().With(Limit.TenantMessages, Rate.Parse("50/1h")),
            services: services => services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SharedCounters>(provider, source)));
        var counted = 0L;
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "widget.limits.unchecked") listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref counted, value));
        meters.Start();
        var allowed = 0;
        var watch = Stopwatch.StartNew();

        for (var i = 0; i < 60; i++)
            if (await node.Service<RequestLimits>().TakeAsync(Limit.TenantMessages, "a tenant", Ct) is null) allowed++;

        // The node's own bucket still applies, and requests do not wait for the database again and again.
        allowed.ShouldBe(50);
        counted.ShouldBe(50 - 4);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        node.Log.Lines.ShouldContain(line => line.Contains("this node limits on its own", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Limit_the_number_of_buckets()
    {
        await using var node = await ApiNode.StartAsync(api.Database, limits: new LimitOptions());
        var limits = node.Service<RequestLimits>();

        for (var i = 0; i < RequestLimits.MaxBuckets + 5_000; i++) await limits.TakeAsync(
            Limit.Anonymous,
            $"2001:db8:{i >> 16:x}:{i & 0xffff:x}::/64",
            Ct);

        limits.Buckets.ShouldBeInRange(RequestLimits.MaxBuckets, RequestLimits.MaxBuckets + 64);
    }

    private async Task<(int Granted, TimeSpan Wait)> TakeAsync(byte[] key, int wanted, int capacity, TimeSpan period)
    {
        await using var command = api.Database.ApplicationSource.CreateCommand("select granted, wait from take_tokens($1, $2, $3, $4)");
        foreach (var value in new object[] { key, wanted, capacity, period }) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var row = await command.ExecuteReaderAsync(Ct);
        await row.ReadAsync(Ct);
        return (row.GetInt32(0), row.GetTimeSpan(1));
    }
}

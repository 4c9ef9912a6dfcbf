using Widget.Contracts;
using static Widget.Api.Tests.Evaluation.EvaluationFixture;

namespace Widget.Api.Tests.Evaluation;

/// <summary>Runs whose node dies.</summary>
public sealed class InterruptedRunsShould(ApiFixture api)
{
    [Fact]
    public async Task Continue_where_a_dead_node_stopped()
    {
        var tenant = await CreateTenantAsync(api);
        var done = await RunAsync(tenant, new { });
        // The state after a node died during the third question: two results, a third attempt, a lease that has not expired.
        await ExecuteAsync(
            api,
            "update evaluation_results set result = null, attempts = case ordinal when 3 then 1 else 0 end where run_id = $1 and "
                + "ordinal >= 3",
            done.Run.Id);
        await ExecuteAsync(
            api,
            "update evaluation_runs set status = 'running', done = 2, metrics = null, finished_at = null, lease_owner = "
                + "gen_random_uuid(), lease_until = now() + interval '1 second' where id = $1",
            done.Run.Id);

        var report = await FinishedAsync(tenant, done.Run.Id);

        (report.Run.Status, report.Run.Done, report.Results.Count).ShouldBe((EvaluationStatus.Finished, 5, 5));
        report.Run.Metrics!.Passed.ShouldBe(done.Run.Metrics!.Passed);
    }

    [Fact]
    public async Task Skip_a_question_that_repeatedly_stops_its_node()
    {
        var tenant = await CreateTenantAsync(api);
        var done = await RunAsync(tenant, new { });
        await ExecuteAsync(api, "update evaluation_results set result = null, attempts = 3 where run_id = $1 and ordinal = 3", done.Run.Id);
        await ExecuteAsync(
            api,
            "update evaluation_runs set status = 'running', done = 4, metrics = null, finished_at = null where id = $1",
            done.Run.Id);

        var report = await FinishedAsync(tenant, done.Run.Id);

        report.Results[2].Error.ShouldBe("Asking this question stopped the server 3 times, so it is not asked again.");
        report.Run.Metrics!.Errors.ShouldBe(1);
        report.Run.Status.ShouldBe(EvaluationStatus.Finished);
    }
}

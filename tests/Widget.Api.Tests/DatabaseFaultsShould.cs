using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Database;

namespace Widget.Api.Tests;

public sealed class DatabaseFaultsShould
{
    [Theory]
    [InlineData("57P01")] // admin_shutdown
    [InlineData("57P02")] // crash_shutdown
    [InlineData("57P03")] // cannot_connect_now: starting up
    [InlineData("57P05")] // idle_session_timeout
    [InlineData("57014")] // statement timeout
    [InlineData("53300")] // too_many_connections: "remaining connection slots are reserved"
    [InlineData("08006")] // connection_failure
    [InlineData("08P01")] // what PgBouncer answers
    [InlineData("40001")] // serialization_failure
    [InlineData("40P01")] // deadlock_detected
    [InlineData("25006")] // a standby, during a failover
    public void Recognize_an_unavailable_database_in_wrapped_exceptions(string state)
    {
        var fault = Refused(state);

        DatabaseFaults.IsTransient(fault).ShouldBeTrue();
        DatabaseFaults.IsTransient(new DbUpdateException("saving", fault)).ShouldBeTrue();
        DatabaseFaults.IsTransient(
            new InvalidOperationException("likely due to a transient failure", new DbUpdateException("saving", fault)))
            .ShouldBeTrue();
        DatabaseFaults.IsTransient(new AggregateException(new FormatException(), fault)).ShouldBeTrue();
    }

    [Fact]
    public void Recognize_a_broken_connection_and_an_exhausted_pool()
    {
        DatabaseFaults.IsTransient(new NpgsqlException("reading", new EndOfStreamException())).ShouldBeTrue();
        DatabaseFaults.IsTransient(new NpgsqlException("The connection pool has been exhausted", new TimeoutException())).ShouldBeTrue();
        DatabaseFaults.IsTransient(new TimeoutException()).ShouldBeTrue();
        DatabaseFaults.IsTransient(new DbUpdateException("saving", new TimeoutException())).ShouldBeTrue();
    }

    [Fact]
    public void Not_include_programming_errors_cancellation_and_other_services()
    {
        DatabaseFaults.IsTransient(null).ShouldBeFalse();
        DatabaseFaults.IsTransient(Refused("23505")).ShouldBeFalse();
        DatabaseFaults.IsTransient(new DbUpdateException("saving", Refused("23505"))).ShouldBeFalse();
        DatabaseFaults.IsTransient(Refused("42P01")).ShouldBeFalse();
        DatabaseFaults.IsTransient(new InvalidOperationException("Sequence contains no elements")).ShouldBeFalse();
        DatabaseFaults.IsTransient(new OperationCanceledException("cancelled", Refused("57014"))).ShouldBeFalse();
        DatabaseFaults.IsTransient(new TaskCanceledException("the model is slow", new TimeoutException())).ShouldBeFalse();
        DatabaseFaults.IsTransient(new HttpRequestException("Tavus", new TimeoutException())).ShouldBeFalse();
    }

    private static PostgresException Refused(string state) => new("refused", "FATAL", "FATAL", state);
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Widget.Api.Operations;
using Widget.Testing;

namespace Widget.Api.Tests.Boundary;

/// <summary>While the database is unavailable, requests get 503 and Retry-After, however the exception is wrapped.</summary>
public sealed class DatabaseOutageShould
{
    private const string Message = "We cannot reach our database right now. Please try again in a moment.";

    [Theory]
    [InlineData("57P01")]
    [InlineData("53300")]
    [InlineData("40P01")]
    public async Task Be_reported_when_a_write_fails(string state)
    {
        // A separate database, because the test breaks it.
        await using var database = await TestDatabase.CreateAsync();
        await using var node = await ApiNode.StartAsync(database);
        using var developer = await DeveloperAsync(database, node);
        await database.OwnerSource.ExecuteAsync(
            $$"""
            create function away() returns trigger language plpgsql as $f$
              begin raise exception 'away' using errcode = '{{state}}'; end
            $f$;
            create trigger away before insert on api_keys for each row execute function away();
            """);

        var response = await developer.PostAsJsonAsync("/api/keys/model", new { name = "x" });

        await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, Message);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Be_reported_only_while_no_connection_is_left()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var node = await ApiNode.StartAsync(database);
        using var developer = await DeveloperAsync(database, node);
        var role = new NpgsqlConnectionStringBuilder(database.Application).Username;
        (await developer.GetAsync("/api/settings")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await database.OwnerSource.ExecuteAsync(
            $"alter role \"{role}\" connection limit 0; select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'");
        var (plain, openAI) = (await developer.GetAsync("/api/settings"), await developer.GetAsync("/v1/models"));
        await plain.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, Message);
        plain.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        openAI.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        openAI.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        (await openAI.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("message").GetString().ShouldBe(Message);

        await database.OwnerSource.ExecuteAsync($"alter role \"{role}\" connection limit -1");
        await Eventually.TrueAsync(
            async () => (await developer.GetAsync("/api/settings")).StatusCode == HttpStatusCode.OK,
            "the database is back");
    }

    [Fact]
    public async Task Not_be_reported_for_a_programming_error()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var node = await ApiNode.StartAsync(database);
        using var developer = await DeveloperAsync(database, node);
        await database.OwnerSource.ExecuteAsync("alter table api_keys add constraint no_more check (false) not valid");

        await (await developer.PostAsJsonAsync("/api/keys/model", new { name = "x" })).ShouldBeProblemAsync(
            HttpStatusCode.InternalServerError, "Something went wrong on our side. It has been logged under the trace id.");
    }

    private static async Task<HttpClient> DeveloperAsync(TestDatabase database, ApiNode node)
    {
        var administration = new TenantAdministration(database.OwnerSource);
        var created = await administration.CreateAsync("harbor", "Harbor Bikes", [TestTenant.Origin], CancellationToken.None);
        return node.Client(created.ApiKey);
    }
}

using System.Text.Json;
using Widget.Api.Operations;
using Widget.Testing;

namespace Widget.Api.Tests.Operations;

/// <summary>The whole product on a database whose owner is not a superuser, as in production.</summary>
public sealed class PlainOwnerShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_able_to_run_every_command_and_serve()
    {
        await using var owner = await PlainOwner.CreateAsync(api.Database.Owner);
        await using var database = await TestDatabase.CreateAsync(api.Database.Owner, owner);
        Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => OperatorProgram.RunAsync(
            database.Owner,
            arguments);

        (await RunAsync("migrate")).Code.ShouldBe(0);
        var (code, output, errors) = await RunAsync(
            "tenants",
            "create",
            "--slug",
            "acme",
            "--name",
            "Acme",
            "--origin",
            TestTenant.Origin,
            "--json");
        code.ShouldBe(0, errors);
        var created = JsonSerializer.Deserialize<CreatedTenant>(output, TestTenant.Json)!;
        (await RunAsync("tenants", "create", "--slug", "acme", "--name", "Acme")).Errors.ShouldContain(
            "There is already a tenant with the slug \"acme\".");
        (await RunAsync("tenants", "create", "--slug", "other", "--name", "Other")).Code.ShouldBe(0);
        (await RunAsync("tenants", "list")).Output.Trim().Split('\n').Length.ShouldBe(2);
        (await RunAsync("tenants", "key", "--slug", "acme", "--new", "api")).Output.ShouldStartWith("sk_");
        (await RunAsync("members", "add", "--slug", "acme", "--email", "ada@example.com")).Code.ShouldBe(0);
        (await RunAsync("members", "list", "--slug", "acme")).Output.ShouldContain("ada@example.com");

        await using (var node = await ApiNode.StartAsync(database))
        {
            var tenant = new TestTenant(node, created);
            await tenant.ImportAsync(new { id = "charging", title = "Charging", text = "The charger fills the battery in four hours." });
            (await (await tenant.VisitAsync()).AskAsync("How long does charging take?")).Text.ShouldContain("four hours");
            var indexed = await RunAsync("index", "--least", "1");
            indexed.Output.ShouldContain("built in", customMessage: indexed.Errors);
            (await RunAsync("index", "--least", "1")).Output.ShouldContain("had its indexes");
            (await (await tenant.VisitAsync()).AskAsync("How long does charging take?")).Text.ShouldContain("four hours");
            node.Log.Lines.Where(line => line.Contains("   at ", StringComparison.Ordinal)).ShouldBeEmpty();
        }

        var withKey = new Dictionary<string, string?> { ["WIDGET_MASTER_KEY"] = Convert.ToBase64String(new byte[32]) };
        (await OperatorProgram.RunAsync(database.Owner, withKey, "keys", "rotate")).Output.ShouldContain(
            "1 keys were not encrypted before");
        (await RunAsync("tenants", "delete", "--slug", "acme", "--yes")).Errors.ShouldContain(
            "which is not among those of WIDGET_MASTER_KEY");
        var deleted = await OperatorProgram.RunAsync(database.Owner, withKey, "tenants", "delete", "--slug", "acme", "--yes");
        deleted.Code.ShouldBe(0, deleted.Errors);
        deleted.Output.ShouldContain("1 rows in documents");
        (await RunAsync("tenants", "list")).Output.ShouldNotContain("acme");
        await using var indexes = database.OwnerSource.CreateCommand("select count(*) from pg_indexes where indexname like 'hnsw%'");
        (await indexes.ExecuteScalarAsync(Ct)).ShouldBe(0L);
    }
}

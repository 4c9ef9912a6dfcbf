using System.Text.Json;
using Widget.Testing;

namespace Widget.Api.Tests.Operations;

/// <summary><c>widget tenants delete</c> for a tenant with rows in every table.</summary>
public sealed class TenantDeletionShould : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Delete_all_rows_of_the_tenant_and_none_of_another()
    {
        var filling = new FilledTenant(_database.OwnerSource);
        var (leaving, staying) = (await filling.CreateAsync(Ct), await filling.CreateAsync(Ct));
        var tables = await filling.TablesAsync(Ct);
        tables.Count.ShouldBeGreaterThan(30);
        var before = new Dictionary<string, string>();
        foreach (var table in tables)
        {
            (await filling.ContentAsync(table, leaving, Ct)).ShouldNotBeEmpty(table);
            before[table] = await filling.ContentAsync(table, staying, Ct);
            before[table].ShouldNotBeEmpty(table);
        }

        var (code, output, errors) = await RunAsync("tenants", "delete", "--slug", await SlugAsync(leaving), "--yes", "--json");

        code.ShouldBe(0, errors);
        foreach (var table in tables)
        {
            (await filling.ContentAsync(table, leaving, Ct)).ShouldBeEmpty(table);
            (await filling.ContentAsync(table, staying, Ct)).ShouldBe(before[table], table);
        }

        var deleted = JsonDocument.Parse(output).RootElement;
        deleted.GetProperty("rows").EnumerateObject().Select(table => table.Name).Order().ShouldBe(tables.Order());
        // The key of the persona's account is unknown here, so the persona is listed as remaining.
        deleted.GetProperty("leftOver")
            .EnumerateArray()
            .Select(left => left.GetProperty("thing").GetProperty("id").GetString())
            .ShouldContain("p-left-over");
        (await RunAsync("tenants", "list")).Output.ShouldNotContain(leaving.ToString());
    }

    [Fact]
    public async Task List_the_data_and_delete_nothing_without_confirmation()
    {
        var filling = new FilledTenant(_database.OwnerSource);
        var tenant = await filling.CreateAsync(Ct);
        var slug = await SlugAsync(tenant);

        var (code, output, errors) = await RunAsync("tenants", "delete", "--slug", slug);

        code.ShouldBe(2);
        output.ShouldContain("1 rows in documents");
        output.ShouldContain("1 rows in kept_speech");
        output.ShouldContain("at Tavus: persona p-left-over");
        errors.Trim().ShouldBe(
            $"Nothing has been deleted. To delete the tenant, run `widget tenants delete --slug {slug} --yes`. This cannot be undone.");
        foreach (var table in await filling.TablesAsync(Ct)) (await filling.ContentAsync(table, tenant, Ct)).ShouldNotBeEmpty(table);

        var unknown = await RunAsync("tenants", "delete", "--slug", "nobody", "--yes");
        unknown.Code.ShouldBe(2);
        unknown.Errors.Trim().ShouldBe("There is no tenant with the slug \"nobody\". `widget tenants list` lists all tenants.");
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) =>
        OperatorProgram.RunAsync(_database.Owner, arguments);

    private async Task<string> SlugAsync(Guid tenant)
    {
        await using var command = _database.OwnerSource.CreateCommand("select slug from tenants where tenant_id = $1");
        command.Parameters.Add(new() { Value = tenant });
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}

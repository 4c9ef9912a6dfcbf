using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Widget.Api.Accounts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tests;

/// <summary>Compares the migrations, which are SQL, with the models, which are code, so that they stay the same.</summary>
public sealed class SchemaShould(ApiFixture api)
{
    // Tables without a model: EF Core's history, ASP.NET Core's key ring, the counters of limits, and what sign-ins leave behind.
    private static readonly string[] NotMapped =
        ["account_mails", "data_protection_keys", "migrations", "rate_limits", "sign_in_failures", "used_codes"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Have_each_table_mapped_by_exactly_one_model()
    {
        var mapped = (await TablesAsync()).Select(table => table.Name).ToList();

        mapped.Concat(NotMapped)
            .Order()
            .ShouldBe(await NamesAsync("select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"));
    }

    [Fact]
    public async Task Have_the_models_columns_with_their_types()
    {
        foreach (var table in await TablesAsync())
        {
            var columns = table.Columns.Select(column => $"{column.Name} {column.StoreType}{(column.IsNullable ? "" : " not null")}").Order(
                )
                .ToList();

            columns.ShouldBe(
                await NamesAsync(
                    "select format('%s %s%s', attname, format_type(atttypid, atttypmod), case when attnotnull then ' not null' "
                        + "else '' end) from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped",
                    table.Name),
                table.Name);
        }
    }

    [Fact]
    public async Task Have_the_models_keys()
    {
        var tables = await TablesAsync();
        foreach (var table in tables)
        {
            Columns(table.PrimaryKey!.Columns).ShouldBe(
                (await NamesAsync(
                    "select string_agg(attname, ',' order by array_position(conkey, attnum)) from "
                        + "pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey) "
                        + "where contype = 'p' and conrelid = $1::regclass",
                    table.Name))
                    .Single(),
                table.Name);

            var foreign = await NamesAsync(
                "select confrelid::regclass || ':' || string_agg(attname, ',' order by array_position(conkey, attnum)) from "
                    + "pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey) where contype = 'f' and conrelid "
                    + "= $1::regclass group by pg_constraint.oid, confrelid",
                table.Name);
            var modelled = table.ForeignKeyConstraints.Select(key => $"{key.PrincipalTable.Name}:{Columns(key.Columns)}").Order().ToList();

            modelled.ShouldBeSubsetOf(foreign, table.Name);
            // A feature does not know the tables of the others, so keys into these may be the database's alone.
            modelled.Where(IsWithinFeature).ShouldBe(foreign.Where(IsWithinFeature).Order(), table.Name);

            bool IsWithinFeature(string key) =>
                tables.Find(other => other.Name == key.Split(':')[0]) is { } other && FeatureOf(other) == FeatureOf(table);
        }
    }

    // Widget.Rag, or a folder of Widget.Api.
    private static string FeatureOf(ITable table) =>
        table.EntityTypeMappings.First().TypeBase.ClrType.Namespace!.Split('.') is ["Widget", "Api", var feature, ..] ? feature : "Rag";

    private static string Columns(IEnumerable<IColumn> columns) => string.Join(',', columns.Select(column => column.Name));

    private async Task<List<ITable>> TablesAsync()
    {
        var tenant = TenantId.New();
        await using var db = await api.Node.Service<TenantDatabase>().BeginAsync(tenant, Ct);
        await using var scope = api.Node.Service<IServiceScopeFactory>().CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountsDb>();
        return
        [
            .. db.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables,
            .. accounts.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables,
        ];
    }

    private async Task<List<string>> NamesAsync(string sql, string? table = null)
    {
        await using var command = api.Database.OwnerSource.CreateCommand(sql);
        if (table is not null) command.Parameters.Add(new() { Value = table });
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var names = new List<string>();
        while (await rows.ReadAsync(Ct)) names.Add(rows.GetString(0));
        return [.. names.Order()];
    }
}

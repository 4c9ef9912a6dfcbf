using Npgsql;
using Widget.Migrations;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Testing;

/// <summary>
/// A migrated database on a real PostgreSQL server, with the application's unprivileged login. Dropped on disposal. Uses the server of
/// WIDGET_DATABASE, or the private one of ./run and ./test.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;

    private TestDatabase(string server, string owner, string application, string applicationRights)
    {
        _server = server;
        Owner = owner;
        Application = application;
        ApplicationRights = applicationRights;
        OwnerSource = NpgsqlDataSource.Create(owner);
        ApplicationSource = ApplicationDataSource.Create(application);
    }

    /// <summary>Connection string of the role that owns the tables.</summary>
    public string Owner { get; }

    /// <summary>Connection string of the application's role.</summary>
    public string Application { get; }

    public NpgsqlDataSource OwnerSource { get; }

    /// <summary>The role that has the application's rights.</summary>
    public string ApplicationRights { get; }

    /// <summary>The application's connection pool.</summary>
    public NpgsqlDataSource ApplicationSource { get; }

    /// <summary>Creates a database whose owner is not a superuser.</summary>
    public static async Task<TestDatabase> CreateAsync(string superuser, PlainOwner owner)
    {
        var connection = await owner.DatabaseAsync();
        await Database.MigrateAsync(connection, CancellationToken.None);
        var login = owner.Role($"{owner.Name}_app");
        var application = await Database.CreateApplicationLoginAsync(connection, login, Database.NewPassword(), CancellationToken.None);
        return new TestDatabase(superuser, connection, application, ApplicationRole.For(DatabaseTemplate.NameOf(connection)));
    }

    public static async Task<TestDatabase> CreateAsync()
    {
        var server = Environment.GetEnvironmentVariable("WIDGET_DATABASE") is { Length: > 0 } given
            ? given
            : (await Repository.RunAsync("scripts/postgres", "start", ".local/test/postgres")).Trim();
        var name = $"widget_test_{Guid.CreateVersion7():N}";
        // On a busy machine, connecting can take longer than the default of 15 s, and filling a large table longer than 30 s.
        server = new NpgsqlConnectionStringBuilder(server) { Timeout = 60, CommandTimeout = 180 }.ConnectionString;
        var template = await DatabaseTemplate.OfAsync(server);
        var owner = await template.CopyAsync(name);
        var application = await Database.CreateApplicationLoginAsync(owner, name, Database.NewPassword(), CancellationToken.None);
        return new TestDatabase(server, owner, application, template.ApplicationRights);
    }

    /// <summary>Adds an empty tenant.</summary>
    public async Task<TenantId> AddTenantAsync(string? slug = null)
    {
        var tenant = TenantId.New();
        await using var command = OwnerSource.CreateCommand("insert into tenants (tenant_id, slug, name) values ($1, $2, $2)");
        command.Parameters.Add(new() { Value = tenant.Value });
        command.Parameters.Add(new() { Value = slug ?? $"t{tenant.Value:N}" });
        await command.ExecuteNonQueryAsync();
        return tenant;
    }

    public async ValueTask DisposeAsync()
    {
        await OwnerSource.DisposeAsync();
        await ApplicationSource.DisposeAsync();
        var name = DatabaseTemplate.NameOf(Owner);
        await DatabaseTemplate.ExecuteAsync(_server, $"drop database if exists {name} with (force)");
        await DatabaseTemplate.ExecuteAsync(_server, $"drop role if exists {name}");
        // A copy shares this role with its template.
        var own = ApplicationRole.For(name);
        if (ApplicationRights == own) await DatabaseTemplate.ExecuteAsync(_server, $"drop role if exists {own}");
    }
}

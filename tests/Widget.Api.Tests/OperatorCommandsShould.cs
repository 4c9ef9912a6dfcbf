using System.Net;
using System.Text.Json;
using Widget.Api.Tests.Accounts;
using Widget.Api.Tests.Operations;

namespace Widget.Api.Tests;

/// <summary>The operator's command line, run as a program.</summary>
public sealed class OperatorCommandsShould(ApiFixture api)
{
    [Fact]
    public async Task Create_list_and_refuse_tenants()
    {
        var slug = $"cli-{Guid.NewGuid():N}"[..20];

        var (code, output, _) = await RunAsync(
            "tenants",
            "create",
            "--slug",
            slug,
            "--name",
            "Acme & Söhne",
            "--origin",
            "http://localhost:5081",
            "--origin",
            "https://acme.example/",
            "--json");

        code.ShouldBe(0);
        var made = JsonDocument.Parse(output).RootElement;
        made.EnumerateObject().Select(field => field.Name).ShouldBe(["tenantId", "slug", "siteKey", "apiKey"]);
        made.GetProperty("slug").GetString().ShouldBe(slug);
        using (var client = api.Node.Client(made.GetProperty("apiKey").GetString()))
            (await client.GetStringAsync("/api/settings/origins"))
                .ShouldBe("""{"origins":["http://localhost:5081","https://acme.example"]}""");

        (await RunAsync("tenants", "list")).Output.ShouldContain(slug);
        var again = await RunAsync("tenants", "create", "--slug", slug, "--name", "Acme");
        again.Code.ShouldBe(2);
        again.Errors.ShouldContain($"There is already a tenant with the slug \"{slug}\".");
        again.Errors.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("Acme", "http://localhost:1", "The slug \"Acme\" is not valid")]
    [InlineData("a", "http://localhost:1", "The slug \"a\" is not valid")]
    [InlineData("acme--x", "http://localhost:1", "The slug \"acme--x\" is not valid")]
    [InlineData("acme-origin", "acme.example", "\"acme.example\" is not an origin")]
    public async Task Explain_why_a_tenant_is_refused(string slug, string origin, string words)
    {
        var (code, _, errors) = await RunAsync("tenants", "create", "--slug", slug, "--name", "Acme", "--origin", origin);

        code.ShouldBe(2);
        errors.ShouldContain(words);
    }

    [Fact]
    public async Task Create_and_revoke_keys()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var slug = tenant.Created.Slug;

        var key = (await RunAsync("tenants", "key", "--slug", slug, "--new", "api", "--name", "nightly import")).Output.Trim();
        key.ShouldStartWith("sk_");
        (await RunAsync("tenants", "key", "--slug", slug)).Output.ShouldContain("nightly import");
        (await RunAsync("tenants", "key", "--slug", slug, "--revoke", tenant.Created.SiteKey)).Code.ShouldBe(0);
        (await RunAsync("tenants", "key", "--slug", slug, "--revoke", "pk_unknown")).Errors.ShouldContain("has no key pk_unknown in use");
        (await RunAsync("tenants", "key", "--slug", "nobody")).Errors.ShouldContain("There is no tenant with the slug \"nobody\".");

        using var client = api.Node.Client(key);
        (await client.GetAsync("/api/settings")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Add_change_and_remove_members()
    {
        var slug = (await TestTenant.CreateAsync(api)).Created.Slug;

        (await RunAsync("members", "add", "--slug", slug, "--email", "Ada@Example.com", "--name", "Ada", "--role", "admin")).Code.ShouldBe(
            0);
        (await RunAsync("members", "list", "--slug", slug, "--json")).Output.Trim()
            .ShouldBe("""[{"email":"ada@example.com","name":"Ada","role":"admin"}]""");
        (await RunAsync("members", "add", "--slug", slug, "--email", "ada@example.com", "--role", "king")).Errors.ShouldContain(
            "\"king\" is not a role");
        (await RunAsync("members", "add", "--slug", slug, "--email", "nonsense")).Errors.ShouldContain("is not an e-mail address");
        (await RunAsync("members", "remove", "--slug", slug, "--email", "ada@example.com")).Code.ShouldBe(0);
        (await RunAsync("members", "remove", "--slug", slug, "--email", "ada@example.com")).Errors.ShouldContain("has no member");
    }

    [Fact]
    public async Task Explain_themselves()
    {
        var help = await RunAsync("--help");
        help.Code.ShouldBe(0);
        foreach (var command in new[] { "serve", "migrate", "tenants", "members" }) help.Output.ShouldContain(command);

        (await RunAsync("tenants", "create")).Code.ShouldNotBe(0);
        (await RunAsync("frobnicate")).Code.ShouldNotBe(0);
    }

    [Theory]
    [InlineData("frobnicate", "There is no command \"widget frobnicate\". Commands: serve, check, migrate,")]
    [InlineData("tenants", "\"widget tenants\" needs a command. Commands: create, list")]
    [InlineData("tenants creat", "There is no command \"widget tenants creat\". Commands: create, list")]
    [InlineData("tenants list --jsn", "\"widget tenants list\" does not take \"--jsn\". It takes --json")]
    [InlineData("tenants create --slug acme", "Option '--name' is required.")]
    [InlineData("tenants create --slug acme --name", "Required argument missing for option: '--name'.")]
    [InlineData("tenants create --slug acme --slug bcme --name Acme", "Option '--slug' expects a single argument but 2 were provided.")]
    [InlineData("tenants key --slug acme --new secret", "--new is \"secret\". It must be site or api.")]
    [InlineData("index --least many", "--least is \"many\". It must be a number of passages.")]
    public async Task Explain_an_invalid_command_in_one_line(string command, string words)
    {
        var (code, output, errors) = await RunAsync(command.Split(' '));

        code.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldStartWith(words);
        errors.ShouldContain("--help` explains it.");
    }

    [Fact]
    public async Task Report_a_database_without_a_schema()
    {
        var empty = new Npgsql.NpgsqlConnectionStringBuilder(api.Database.Owner) { Database = "postgres" }.ConnectionString;

        var (code, _, errors) = await RunAsync(new Dictionary<string, string?> { ["WIDGET_DATABASE"] = empty }, "tenants", "list");

        code.ShouldBe(1);
        errors.Trim().ShouldBe("Can't use the database: relation \"tenants\" does not exist. Run `widget migrate` first.");
    }

    [Fact]
    public async Task Name_the_variable_to_set_without_a_database()
    {
        var unset = await RunAsync(new Dictionary<string, string?> { ["WIDGET_DATABASE"] = null }, "tenants", "list");
        unset.Code.ShouldBe(2);
        unset.Errors.Trim().ShouldBe("WIDGET_DATABASE is not set. It is the connection string of the role that owns the database.");

        foreach (var command in new[] { "tenants list", "tenants create --slug acme --name Acme", "members list --slug acme", "migrate" })
        {
            var away = await RunAsync(
                new Dictionary<string, string?> { ["WIDGET_DATABASE"] = "Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2" },
                command.Split(' '));
            away.Code.ShouldBe(1);
            away.Errors.ShouldContain("Can't use the database");
            away.Errors.ShouldNotContain("   at ");
        }

        var url = await RunAsync(new Dictionary<string, string?> { ["WIDGET_DATABASE"] = "postgres://user:secret@db/widget" }, "migrate");
        url.Code.ShouldBe(2);
        url.Errors.ShouldContain("WIDGET_DATABASE is not a connection string in Npgsql's form");
        url.Errors.ShouldNotContain("secret");

        var serve = await RunAsync(new Dictionary<string, string?> { ["WIDGET_DATABASE"] = null, ["WIDGET_CHAT_MODEL"] = "x" });
        serve.Code.ShouldBe(2);
        serve.Errors.ShouldContain("WIDGET_DATABASE_APP is not set");
        serve.Errors.ShouldContain("WIDGET_CHAT_ENDPOINT");
    }

    [Fact]
    public async Task Add_and_change_an_account()
    {
        var (one, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var world = new AccountWorld(api, api.Node);
        var email = AccountWorld.NewEmail();
        string[] create = ["account", "create", "--email", email, "--name", "Ada", "--password-stdin"];

        var weak = await OperatorProgram.RunWithAsync("password1234\n", api.Database.Owner, [], create);
        (weak.Code, weak.Output).ShouldBe((2, ""));
        weak.Errors.ShouldContain("easy to guess");
        string[] joined = ["--tenant", one.Created.Slug, "--tenant", other.Created.Slug, "--role", "admin", "--operator", "--json"];
        var added = await OperatorProgram.RunWithAsync($"{AccountWorld.Password}\n", api.Database.Owner, [], [.. create, .. joined]);
        added.Code.ShouldBe(0, added.Errors);
        using var client = await world.SignedInAsync(new Person(Guid.Empty, email));
        var me = await AccountWorld.MeAsync(client);
        (me.Name, me.Operator, me.EmailConfirmed).ShouldBe(("Ada", true, true));
        me.Memberships.Select(membership => membership.Role).ShouldBe(["admin", "admin"]);

        const string New = "quiet lantern 88 beneath snow";
        (await OperatorProgram.RunWithAsync(New, api.Database.Owner, [], create)).Code.ShouldBe(0);
        (await client.GetAsync("/api/accounts/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await world.SignInAsync(email, New)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await RunAsync("account", "list")).Output.ShouldContain(email);
    }

    [Fact]
    public async Task Check_the_servers_settings_without_a_database()
    {
        var valid = new Dictionary<string, string?> { ["WIDGET_DATABASE"] = "Host=127.0.0.1;Port=1;Username=x;Database=x" };
        var (code, output, errors) = await RunAsync(valid, "check");
        (code, output.Trim()).ShouldBe((0, "The settings are valid."), errors);

        var invalid = new Dictionary<string, string?>(valid)
        {
            ["WIDGET_CHAT_ENDPOINT"] = "localhost",
            ["WIDGET_DOCUMENT_PAGES"] = "many",
        };
        (code, output, errors) = await RunAsync(invalid, "check");
        (code, output).ShouldBe((2, ""));
        errors.ShouldContain("WIDGET_CHAT_ENDPOINT is \"localhost\", which is not an http or https address");
        errors.ShouldContain("WIDGET_DOCUMENT_PAGES is \"many\". It must be a whole number");
    }

    [Fact]
    public async Task Refuse_to_serve_with_a_role_that_bypasses_row_level_security()
    {
        var (code, _, errors) = await RunAsync(new Dictionary<string, string?> { ["WIDGET_DATABASE_APP"] = api.Database.Owner });

        code.ShouldBe(2);
        errors.ShouldContain("row-level security does not apply to");
    }

    [Fact]
    public async Task Migrate_and_create_the_applications_login()
    {
        var name = $"widget_test_login_{Guid.NewGuid():N}"[..30];
        var (code, output, errors) = await RunAsync(
            new Dictionary<string, string?> { ["WIDGET_APP_PASSWORD"] = "secret" },
            "migrate",
            "--login",
            name);
        try
        {
            code.ShouldBe(0, errors);
            await using var source = Npgsql.NpgsqlDataSource.Create(output.Trim());
            await using var command = source.CreateCommand("select current_user::text || ' ' || count(*) from tenants");
            (await command.ExecuteScalarAsync()).ShouldBe($"{name} 0");
        }
        finally
        {
            Npgsql.NpgsqlConnection.ClearAllPools();
            await using var drop = api.Database.OwnerSource.CreateCommand($"drop role if exists {name}");
            await drop.ExecuteNonQueryAsync();
        }
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    private Task<(int Code, string Output, string Errors)> RunAsync(
        Dictionary<string, string?> environment,
        params string[] arguments) =>
        OperatorProgram.RunAsync(api.Database.Owner, environment, arguments);
}

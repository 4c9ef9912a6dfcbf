using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Widget.Api.Configuration;
using Widget.Api.KeyRing;
using Widget.Api.Operations.Deletion;
using Widget.Migrations;
using Widget.Rag.Own;

namespace Widget.Api.Operations;

/// <summary>The operator's command line. Without a command the program runs the server.</summary>
internal static class OperatorCommands
{
    private const string OwnerVariable = "WIDGET_DATABASE";
    private const string PasswordVariable = "WIDGET_APP_PASSWORD";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Option<bool> AsJson = new("--json") { Description = "Print JSON instead of text." };
    private static readonly Option<string> Slug = new("--slug") { Description = "The tenant's name in URLs.", Required = true };

    /// <param name="serve">Runs the server until it is stopped.</param>
    /// <param name="check">Builds the server with the current settings, without starting it.</param>
    /// <param name="application">Builds the application's services on a connection string, without starting them.</param>
    public static RootCommand Create(
        Func<CancellationToken, Task> serve,
        Func<CancellationToken, Task> check,
        Func<string, WebApplication> application)
    {
        var serveCommand = new Command("serve", "Run the server: the API and the widget (the default).");
        serveCommand.SetAction((_, ct) => serve(ct));
        var checkCommand = new Command("check", "Check the server's settings and list all errors, without connecting to anything.");
        checkCommand.SetAction(async (_, ct) =>
        {
            await check(ct);
            Console.WriteLine("The settings are valid.");
        });
        var root = new RootCommand("Widget: an embeddable sales assistant. Without a command it runs the server.")
        {
            serveCommand,
            checkCommand,
            Migrate(),
            Index(),
            Tenants(application),
            Members(),
            AccountCommands.Create(AsJson, Owner, application, Print),
            Keys(),
        };
        root.SetAction((_, ct) => serve(ct));
        return root;
    }

    private static Command Migrate()
    {
        var login = new Option<string?>("--login")
        {
            Description = "The application's login. The default is the database's name followed by _app.",
        };
        var command = new Command(
            "migrate",
            $"Update the schema of the database in {OwnerVariable}. "
                + $"With {PasswordVariable} set, also create the application's login with that password and print its connection string.")
        {
            login,
        };
        command.SetAction(async (result, ct) =>
        {
            var owner = Owner();
            var masterKeys = ReadMasterKeys();
            foreach (var migration in await Database.MigrateAsync(owner, ct)) await Console.Error.WriteLineAsync($"applied {migration}");
            if (masterKeys.Newest is not null)
            {
                var rotated = await WithKeyRing(masterKeys, ring => ring.RotateAsync(onlyPlain: true, ct));
                if (rotated.Encrypted > 0)
                {
                    await Console.Error.WriteLineAsync(
                        $"encrypted {rotated.Encrypted} keys of the key ring with master key {rotated.MasterKey}");
                }
            }

            if (Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password)
            {
                // Logins belong to the whole server, so each database has a login with its own name.
                var name = result.GetValue(login) ?? $"{new NpgsqlConnectionStringBuilder(owner).Database}_app";
                Console.WriteLine(await Database.CreateApplicationLoginAsync(owner, name, password, ct));
            }
        });
        return command;
    }

    private static Command Index()
    {
        var minPassages = new Option<int>("--least")
        {
            Description = "The number of passages from which a tenant gets indexes. Below it, searches scan the tenant's passages.",
            DefaultValueFactory = _ => VectorIndexes.MinPassages,
            CustomParser = given =>
            {
                if (int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var passages)) return passages;
                given.AddError($"--least is \"{given.Tokens[0].Value}\". It must be a number of passages.");
                return 0;
            },
        };
        var command = new Command(
            "index",
            $"Build approximate indexes for the large tenants in {OwnerVariable}, and drop indexes that are no longer needed. "
                + "Searches continue during the build. Run it regularly, for example every night.")
        {
            minPassages,
            AsJson,
        };
        command.SetAction(async (result, ct) =>
        {
            await using var owner = NpgsqlDataSource.Create(Owner());
            var indexed = await new VectorIndexes(owner).BuildAsync(result.GetValue(minPassages), ct);
            Print(
                result,
                indexed,
                indexed.Select(tenant => $"{tenant.Tenant} {tenant.Passages,9} passages {tenant.Model,-24} "
                    + (tenant.Built ? $"built in {tenant.Seconds:0} s" : "had its indexes")));
        });
        return command;
    }

    private static Command Tenants(Func<string, WebApplication> application)
    {
        var name = new Option<string>("--name") { Description = "The company's name.", Required = true };
        var origins = new Option<string[]>("--origin")
        {
            Description = "A website that may embed the widget, such as https://www.example.com. Repeat for more. "
                + "Without it, the widget opens only on its hosted page.",
            DefaultValueFactory = _ => [],
        };
        var create = new Command("create", "Add a tenant. Prints its site key and, only this once, its API key.")
        {
            Slug,
            name,
            origins,
            AsJson,
        };
        create.SetAction((result, ct) => WithTenants(async tenants =>
        {
            var sites = result.GetValue(origins)!;
            var created = await tenants.CreateAsync(result.GetValue(Slug)!, result.GetValue(name)!, sites, ct);
            var originHint = sites.Length > 0
                ? ""
                : "\nNo --origin was given, so the widget opens only on its hosted page. PUT /api/settings/origins allows websites.";
            Print(
                result,
                created,
                $"tenant   {created.TenantId}\nslug     {created.Slug}\nsite key {created.SiteKey}\n"
                    + $"API key  {created.ApiKey}   (shown only once){originHint}");
        }));

        var list = new Command("list", "List the tenants.") { AsJson };
        list.SetAction((result, ct) => WithTenants(async tenants =>
        {
            var all = await tenants.ListAsync(ct);
            Print(result, all, all.Select(tenant => $"{tenant.Slug,-30} {tenant.Name,-40} {tenant.TenantId}"));
        }));

        var newKind = new Option<string>("--new") { Description = "Create a key: site or api." };
        newKind.CompletionSources.Add("site", "api");
        newKind.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: not ("site" or "api") } kind])
                given.AddError($"--new is \"{kind.Value}\". It must be site or api.");
        });
        var keyName = new Option<string>("--name") { Description = "The name of the new API key.", DefaultValueFactory = _ => "unnamed" };
        var revoke = new Option<string>("--revoke")
        {
            Description = "Revoke this key. An API key can also be given by its first characters, as listed.",
        };
        var key = new Command("key", "List a tenant's keys, create one or revoke one.") { Slug, newKind, keyName, revoke, AsJson };
        key.SetAction((result, ct) => WithTenants(async tenants =>
        {
            var slug = result.GetValue(Slug)!;
            if (result.GetValue(revoke) is { } revoked) await tenants.RevokeAsync(slug, revoked, ct);
            if (result.GetValue(newKind) is { } kind)
            {
                var newKey = kind == "site"
                    ? await tenants.AddSiteKeyAsync(slug, ct)
                    : await tenants.AddApiKeyAsync(slug, result.GetValue(keyName)!, ct);
                Print(result, new { key = newKey }, newKey);
                return;
            }

            var keys = await tenants.KeysAsync(slug, ct);
            Print(
                result,
                keys,
                keys.Select(line => $"{line.Kind,-5} {line.Key,-30} {line.Name,-20} {(line.RevokedAt is null ? "in use" : "revoked")}"));
        }));
        return new Command("tenants", "The platform's customers.")
        {
            create,
            list,
            key,
            DeleteCommand.Create(Slug, AsJson, Owner, application, Print),
        };
    }

    private static Command Keys()
    {
        var rotate = new Command(
            "rotate",
            $"Encrypt the key ring with the first key of {MasterKeys.Variable} or {MasterKeys.FileVariable}. "
                + "Tokens and secrets stay valid.")
        {
            AsJson,
        };
        rotate.SetAction(async (result, ct) =>
        {
            var rotated = await WithKeyRing(ReadMasterKeys(), ring => ring.RotateAsync(onlyPlain: false, ct));
            Print(
                result,
                rotated,
                $"The key ring is encrypted with master key {rotated.MasterKey}: {rotated.Encrypted} keys were not encrypted "
                    + $"before, {rotated.Rotated} were with another master key, {rotated.Unchanged} were with this one.");
        });
        return new Command("keys", "The key ring, which encrypts tokens and tenants' secrets.") { rotate };
    }

    private static Command Members()
    {
        var email = new Option<string>("--email") { Description = "The member's e-mail address.", Required = true };
        var name = new Option<string>("--name") { Description = "The member's name.", DefaultValueFactory = _ => "" };
        var role = new Option<string>("--role") { Description = "owner, admin, rep or viewer.", DefaultValueFactory = _ => "owner" };
        var add = new Command("add", "Add a member to a tenant's staff, or change a member's role.") { Slug, email, name, role };
        add.SetAction((result, ct) => WithTenants(tenants =>
            tenants.AddMemberAsync(result.GetValue(Slug)!, result.GetValue(email)!, result.GetValue(name)!, result.GetValue(role)!, ct)));
        var remove = new Command("remove", "Remove a member.") { Slug, email };
        remove.SetAction(
            (result, ct) => WithTenants(tenants => tenants.RemoveMemberAsync(result.GetValue(Slug)!, result.GetValue(email)!, ct)));
        var list = new Command("list", "List a tenant's staff.") { Slug, AsJson };
        list.SetAction((result, ct) => WithTenants(async tenants =>
        {
            var members = await tenants.MembersAsync(result.GetValue(Slug)!, ct);
            Print(
                result,
                members.Select(member => new { member.Email, member.Name, Role = member.Role.ToString().ToLowerInvariant() }),
                members.Select(member => $"{member.Email,-40} {member.Role.ToString().ToLowerInvariant(),-7} {member.Name}"));
        }));
        return new Command("members", "A tenant's staff.") { add, list, remove };
    }

    private static async Task WithTenants(Func<TenantAdministration, Task> action)
    {
        await using var owner = NpgsqlDataSource.Create(Owner());
        await action(new TenantAdministration(owner));
    }

    private static async Task<RotatedKeyRing> WithKeyRing(MasterKeys masterKeys, Func<KeyRingRotation, Task<RotatedKeyRing>> action)
    {
        await using var owner = NpgsqlDataSource.Create(Owner());
        return await action(new KeyRingRotation(owner, masterKeys));
    }

    private static MasterKeys ReadMasterKeys()
    {
        var variables = new Variables(Environment.GetEnvironmentVariable);
        var keys = MasterKeys.Read(variables);
        return variables.Errors.Count > 0 ? throw new InvalidConfigurationException(variables.Errors) : keys;
    }

    private static string Owner()
    {
        if (Environment.GetEnvironmentVariable(OwnerVariable) is not { Length: > 0 } connection)
        {
            throw new InvalidConfigurationException(
                [$"{OwnerVariable} is not set. It is the connection string of the role that owns the database."]);
        }

        return ConnectionStrings.FindProblem(OwnerVariable, connection) is { } problem
            ? throw new InvalidConfigurationException([problem])
            : connection;
    }

    private static void Print(ParseResult result, object value, IEnumerable<string> lines) =>
        Print(result, value, string.Join('\n', lines));

    private static void Print(ParseResult result, object value, string text) =>
        Console.WriteLine(result.GetValue(AsJson) ? JsonSerializer.Serialize(value, Json) : text);
}

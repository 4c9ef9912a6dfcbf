using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Widget.Api.Answers;
using Widget.Api.Host;
using Widget.Api.KeyRing;
using Widget.Api.Operations;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Operations;

/// <summary>The key ring, encrypted with a master key that is not in the database.</summary>
public sealed class MasterKeyShould : IAsyncLifetime
{
    private readonly string _first = NewKey();
    private readonly string _second = NewKey();
    private readonly string _file = Path.GetTempFileName();
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task Keep_tokens_and_secrets_valid_while_the_ring_is_encrypted_and_rotated()
    {
        // An installation without a master key has an unencrypted ring.
        CreatedTenant tenant;
        string token;
        await using (var node = await NodeAsync())
        {
            tenant = await new TenantAdministration(_database.OwnerSource).CreateAsync("acme", "Acme", [TestTenant.Origin], Ct);
            await node.Service<TenantSecrets>().SaveAsync(new TenantId(tenant.TenantId), TenantSecrets.TavusKey, "tv-secret", Ct);
            token = (await new TestTenant(node, tenant).VisitAsync()).Session.Token;
        }

        (await RingAsync()).ShouldContain("<masterKey ");
        var encrypted = await RunAsync(new() { ["WIDGET_MASTER_KEY"] = _first }, "keys", "rotate");
        encrypted.Output.Trim().ShouldBe(
            $"The key ring is encrypted with master key {Id(_first)}: 1 keys were not encrypted before, 0 were with another master "
                + "key, 0 were with this one.",
            encrypted.Errors);
        await ShouldHoldAsync(_first);

        await File.WriteAllTextAsync(_file, $"# the newest first\n{_second}\n\n{_first}\n", Ct);
        await ShouldHoldAsync(_second, _first);
        var rotated = await RunAsync(new() { ["WIDGET_MASTER_KEY_FILE"] = _file }, "keys", "rotate", "--json");
        rotated.Output.Trim().ShouldBe($$"""{"masterKey":"{{Id(_second)}}","encrypted":0,"rotated":1,"unchanged":0}""", rotated.Errors);
        (await RunAsync(new() { ["WIDGET_MASTER_KEY_FILE"] = _file }, "keys", "rotate", "--json")).Output.ShouldContain("\"unchanged\":1");
        await ShouldHoldAsync(_second);

        async Task ShouldHoldAsync(params string[] keys)
        {
            var ring = await RingAsync();
            ring.ShouldNotContain("<masterKey ");
            ring.ShouldNotContain("<value>");
            ring.ShouldNotContain("Version=0", customMessage: "a node of the version before must find the decryptor, too");
            await using var node = await NodeAsync(keys);
            (await node.Service<TenantSecrets>().ReadAsync(new TenantId(tenant.TenantId), TenantSecrets.TavusKey, Ct))
                .ShouldBe("tv-secret");
            using var visitor = node.Client(token);
            (await visitor.GetAsync("/api/widget/conversations")).StatusCode.ShouldNotBe(HttpStatusCode.Unauthorized);
            await new TestTenant(node, tenant).VisitAsync();
        }
    }

    [Fact]
    public async Task Encrypt_new_keys_of_the_ring()
    {
        var tenant = await new TenantAdministration(_database.OwnerSource).CreateAsync("acme", "Acme", [TestTenant.Origin], Ct);
        await using var node = await NodeAsync(_first);
        await new TestTenant(node, tenant).VisitAsync();

        var ring = await RingAsync();
        ring.ShouldContain($"keyId=\"{Id(_first)}\"");
        ring.ShouldNotContain("<masterKey ");
        ring.ShouldNotContain("<value>");
        ring.ShouldContain("decryptorType=\"Widget.Api.Platform.KeyRing.MasterKeyDecryptor, Widget.Api\"");
    }

    [Fact]
    public async Task Be_used_by_migrate_for_unencrypted_keys()
    {
        await FillAsync();

        (await RunAsync(new() { ["WIDGET_MASTER_KEY"] = _first }, "migrate")).Errors.ShouldContain(
            $"encrypted 1 keys of the key ring with master key {Id(_first)}");
        (await RunAsync(new() { ["WIDGET_MASTER_KEY"] = _second }, "migrate")).Errors.ShouldBeEmpty();

        (await RingAsync()).ShouldContain($"keyId=\"{Id(_first)}\"");
    }

    [Fact]
    public async Task Be_named_if_missing_instead_of_starting_a_new_ring()
    {
        await FillAsync(_first);
        var before = await RingAsync();

        foreach (var keys in new Dictionary<string, string?>[] { [], new() { ["WIDGET_MASTER_KEY"] = _second } })
        {
            keys["WIDGET_DATABASE_APP"] = _database.Application;
            var (code, _, errors) = await RunAsync(keys, "serve");
            code.ShouldBe(2);
            errors.Trim().ShouldBe(
                $"The key ring in the database is encrypted with master key {Id(_first)}, which is not among those of "
                    + "WIDGET_MASTER_KEY or WIDGET_MASTER_KEY_FILE. Add it there, after the newest.");
            (await RunAsync(new() { ["WIDGET_MASTER_KEY"] = _second }, "keys", "rotate")).Errors.Trim()
                .ShouldBe(errors.Trim() + " Nothing has been changed.");
        }

        // A node that has started while the database was unavailable.
        await using var node = await NodeAsync();
        using var client = node.Client();
        var ready = await client.GetAsync("/health/ready", Ct);
        (ready.StatusCode, await ready.Content.ReadAsStringAsync(Ct)).ShouldSatisfyAllConditions(
            seen => seen.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable),
            seen => seen.Item2.ShouldContain($"encrypted with master key {Id(_first)}"));
        Should.Throw<CryptographicException>(() => node.Service<DatabaseKeyRing>().GetAllElements());
        (await RingAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Not_decrypt_a_key_that_was_changed_in_the_database()
    {
        await FillAsync(_first);
        await using (var change = _database.OwnerSource.CreateCommand(
            "update data_protection_keys set xml = regexp_replace(xml, '(<masterKeyEncrypted[^>]*>)....', '\\1AAAA')"))
            await change.ExecuteNonQueryAsync(Ct);

        var (code, _, errors) = await RunAsync(
            new() { ["WIDGET_MASTER_KEY"] = _first, ["WIDGET_DATABASE_APP"] = _database.Application },
            "serve");

        code.ShouldBe(2);
        errors.Trim()
            .ShouldBe($"A key in the key ring can't be decrypted with its master key {Id(_first)}. It was changed in the database.");
    }

    [Fact]
    public async Task Be_recommended_at_start_if_none_is_set()
    {
        (await StartLogAsync()).ShouldContain("WIDGET_MASTER_KEY is not set");
        await FillAsync();
        (await StartLogAsync(_first))
            .ShouldContain("1 keys of the key ring are not encrypted with the master key yet. Run `widget keys rotate`.");
        (await RunAsync(new() { ["WIDGET_MASTER_KEY"] = _first }, "keys", "rotate")).Code.ShouldBe(0);
        (await StartLogAsync(_first)).ShouldNotContain("key ring");
        (await RunAsync([], "keys", "rotate")).Errors.Trim()
            .ShouldBe("Neither WIDGET_MASTER_KEY nor WIDGET_MASTER_KEY_FILE is set. One of them gives the master key to encrypt with.");
    }

    [Theory]
    [InlineData("c2hvcnQ=", null, "WIDGET_MASTER_KEY is not a master key: 32 random bytes in Base64")]
    [InlineData("no base64!", null, "WIDGET_MASTER_KEY is not a master key")]
    [InlineData(null, "# nothing\n", "names a file with no key")]
    [InlineData(null, "a\nb\n", "WIDGET_MASTER_KEY_FILE, line 2, is not a master key")]
    [InlineData("x", "y", "Both WIDGET_MASTER_KEY and WIDGET_MASTER_KEY_FILE are set")]
    public async Task Have_errors_that_do_not_show_the_key(string? key, string? lines, string words)
    {
        await File.WriteAllTextAsync(_file, lines, Ct);

        var (code, _, errors) = await RunAsync(
            new() { ["WIDGET_MASTER_KEY"] = key, ["WIDGET_MASTER_KEY_FILE"] = lines is null ? null : _file },
            "keys",
            "rotate");

        code.ShouldBe(2);
        errors.ShouldContain(words);
        errors.ShouldNotContain("   at ");
        if (key is { Length: > 1 }) errors.ShouldNotContain(key);
    }

    [Fact]
    public async Task Have_an_error_for_an_unreadable_file() =>
        (await RunAsync(new() { ["WIDGET_MASTER_KEY_FILE"] = "/nowhere/master-key" }, "migrate")).Errors.ShouldStartWith(
            "WIDGET_MASTER_KEY_FILE is \"/nowhere/master-key\", which cannot be read");

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static string Id(string key) => MasterKey.Parse(key)!.Id;

    private static MasterKeys Keys(params string[] keys) => new([.. keys.Select(key => MasterKey.Parse(key)!)]);

    private Task<ApiNode> NodeAsync(params string[] keys) =>
        ApiNode.StartAsync(_database, services: services => services.AddSingleton(Keys(keys)));

    private Task<(int Code, string Output, string Errors)> RunAsync(Dictionary<string, string?> environment, params string[] arguments) =>
        OperatorProgram.RunAsync(_database.Owner, environment, arguments);

    // The first token creates a key.
    private async Task FillAsync(params string[] keys)
    {
        var tenant = await new TenantAdministration(_database.OwnerSource).CreateAsync("acme", "Acme", [TestTenant.Origin], Ct);
        await using var node = await NodeAsync(keys);
        await new TestTenant(node, tenant).VisitAsync();
    }

    // Reads the ring as the application's role.
    private async Task<string> RingAsync()
    {
        await using var command = _database.ApplicationSource.CreateCommand(
            "select string_agg(xml, e'\\n' order by created_at) from data_protection_keys");
        return await command.ExecuteScalarAsync(Ct) as string ?? "";
    }

    private async Task<string> StartLogAsync(params string[] keys)
    {
        var log = new CapturedLog();
        var options = new ServerOptions
        {
            Database = _database.Application,
            Chat = new ChatModelOptions(),
            Fetching = new FetchOptions(),
            MasterKeys = Keys(keys),
        };
        await using var app = Server.Build([], options, builder => builder.Logging.ClearProviders().AddProvider(log));
        await Server.EnsureSafeToServeAsync(app, Ct);
        return string.Join('\n', log.Lines);
    }
}

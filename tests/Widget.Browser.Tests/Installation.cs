using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Widget.Api.Operations;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>An installation started by ./run --detach, with its own ports and data folder.</summary>
public abstract class Installation(bool withModel) : IAsyncLifetime
{
    /// <summary>The platform's key at the simulated Tavus.</summary>
    public const string TavusKey = "sim-tavus-key";

    private readonly string _name = withModel ? "model" : "demo";
    private readonly Dictionary<string, string?> _environment = [];
    private string _database = "";

    public Uri Api { get; private set; } = null!;

    public Uri Demo { get; private set; } = null!;

    /// <summary>The admin console.</summary>
    public Uri Console { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    public Uri Simulators { get; private set; } = null!;

    /// <summary>The simulated providers of realtime voice.</summary>
    public Uri Voice { get; private set; } = null!;

    /// <summary>Where the installation sends e-mails. A test that wants them starts a server there (tests/mail-receiver).</summary>
    public int MailPort { get; private set; }

    /// <summary>A port of this machine to which the installation sends webhooks, for a receiver (tests/webhook-receiver).</summary>
    public int WebhookPort { get; private set; }

    /// <summary>The port of the simulated LiveKit (tests/livekit-server).</summary>
    public int LiveKitPort { get; private set; }

    private string Data => Path.Combine(Repository.Root, ".local", "test", _name);

    public async ValueTask InitializeAsync()
    {
        var ports = FreePorts.Next(8);
        var addresses = ports.Select(port => new Uri($"http://localhost:{port}")).ToArray();
        (Api, Demo, Simulators, Voice, Console) = (addresses[0], addresses[1], addresses[2], addresses[3], addresses[4]);
        (MailPort, WebhookPort, LiveKitPort) = (ports[5], ports[6], ports[7]);
        var server = Environment.GetEnvironmentVariable("WIDGET_DATABASE") is { Length: > 0 } given
            ? given
            : (await Repository.RunAsync("scripts/postgres", "start", ".local/test/postgres")).Trim();
        _database = new NpgsqlConnectionStringBuilder(server) { Database = $"widget_test_{Guid.CreateVersion7():N}" }.ConnectionString;
        if (Directory.Exists(Data))
        {
            await StopAsync();
            Directory.Delete(Data, recursive: true);
        }

        Directory.CreateDirectory(Data);
        _environment["WIDGET_DATA"] = Data;
        _environment["WIDGET_DATABASE"] = _database;
        _environment["WIDGET_API_PORT"] = $"{ports[0]}";
        _environment["WIDGET_DEMO_PORT"] = $"{ports[1]}";
        _environment["WIDGET_SIMULATORS_PORT"] = $"{ports[2]}";
        _environment["WIDGET_VOICE_SIMULATOR_PORT"] = $"{ports[3]}";
        _environment["WIDGET_CONSOLE_PORT"] = $"{ports[4]}";
        _environment["WIDGET_LIVEKIT_SIMULATOR_PORT"] = $"{LiveKitPort}";
        _environment["WIDGET_SMTP_URL"] = $"smtp://127.0.0.1:{MailPort}";
        _environment["WIDGET_MAIL_FROM"] = "Widget <chat@widget.example>";
        _environment["WIDGET_FETCH_ALLOW"] = $"localhost:{WebhookPort}";
        // Tests begin with companies without visitors.
        _environment["WIDGET_DEMO_HISTORY"] = "no";
        _environment["WIDGET_VOICE_KEY"] = null;
        _environment["WIDGET_CHAT_ENDPOINT"] = withModel ? $"{Simulators}v1" : null;
        _environment["WIDGET_CHAT_KEY"] = withModel ? "sim-key" : null;
        _environment["WIDGET_CHAT_MODEL"] = withModel ? "sim-chat" : null;
        _environment["WIDGET_TAVUS_ENDPOINT"] = withModel ? $"{Simulators}tavus" : null;
        _environment["WIDGET_TAVUS_KEY"] = withModel ? TavusKey : null;
        _environment["WIDGET_PUBLIC_URL"] = withModel ? Api.GetLeftPart(UriPartial.Authority) : null;
        await RunAsync("run", "--detach");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        NpgsqlConnection.ClearAllPools();
        var name = new NpgsqlConnectionStringBuilder(_database).Database!;
        await using var server = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database) { Database = "postgres" }.ConnectionString);
#pragma warning disable CA2100 // The name is made above, of letters, digits and underscores.
        await using var drop = server.CreateCommand($"drop database if exists {name} with (force)");
        await drop.ExecuteNonQueryAsync();
        await using var dropLogin = server.CreateCommand($"drop role if exists {name}_app");
#pragma warning restore CA2100
        await dropLogin.ExecuteNonQueryAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs one of the project's commands on this installation and returns what it prints.</summary>
    public Task<string> RunAsync(string command, params IReadOnlyList<string> arguments) =>
        Repository.RunAsync(command, _environment, arguments);

    /// <summary>Creates a tenant with documents, whose widget is allowed on the given origin.</summary>
    public async Task<CreatedTenant> AddTenantAsync(string origin, object? settings = null, params (string Title, string Text)[] documents)
    {
        // The same as the operator's command, without starting a process.
        await using var owner = NpgsqlDataSource.Create(_database);
        var slug = $"t{Guid.NewGuid():N}"[..20];
        var keys = await new TenantAdministration(owner).CreateAsync(slug, "Test Company", [origin], CancellationToken.None);
        if (settings is not null)
            (await SendAsync(keys, HttpMethod.Put, "/api/settings", JsonContent.Create(settings))).EnsureSuccessStatusCode();
        if (documents.Length == 0) return keys;

        var lines = documents.Select(document => JsonSerializer.Serialize(
            new { id = document.Title, title = document.Title, text = document.Text, url = "https://company.example/page" }));
        var body = new StringContent(string.Join('\n', lines), new MediaTypeHeaderValue("application/x-ndjson"));
        var job = await (await SendAsync(keys, HttpMethod.Post, "/api/knowledge/import", body)).Content.ReadFromJsonAsync<JsonElement>();
        await Eventually.TrueAsync(
            async () =>
            {
                var answer = await SendAsync(keys, HttpMethod.Get, $"/api/knowledge/jobs/{job.GetProperty("jobId")}", null);
                return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString() == "ready";
            },
            "the documents are ingested");
        return keys;
    }

    /// <summary>Adds a member to a tenant. The one with the demo's address can sign in with the demo's password.</summary>
    public async Task AddMemberAsync(string slug, string email, string name, string role)
    {
        await using var owner = NpgsqlDataSource.Create(_database);
        await new TenantAdministration(owner).AddMemberAsync(slug, email, name, role, CancellationToken.None);
    }

    /// <summary>Sets how the simulated model behaves from now on. Anything that is not set has its default.</summary>
    public async Task ModelAsync(object? switches = null) =>
        (await Http.PutAsJsonAsync(new Uri(Simulators, "/control/openai"), switches ?? new { })).EnsureSuccessStatusCode();

    /// <summary>The last request to the simulated model.</summary>
    public async Task<string> LastModelRequestAsync() =>
        (await Http.GetFromJsonAsync<JsonElement[]>(new Uri(Simulators, "/control/openai/requests")))![^1].GetRawText();

    /// <summary>The sign-in of the demo: an owner of both demo companies, and the operator.</summary>
    public async Task<(string Email, string Password)> AccountAsync()
    {
        var keys = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(Data, "demo.json")));
        var account = keys.GetProperty("account");
        return (account.GetProperty("email").GetString()!, account.GetProperty("password").GetString()!);
    }

    /// <summary>Kills the API's process. Returns a function that starts it again.</summary>
    public async Task<Func<Task>> KillApiAsync()
    {
        var pid = await File.ReadAllTextAsync(Path.Combine(Data, "pids", "api"));
        var process = Process.GetProcessById(int.Parse(pid));
        var command = (await File.ReadAllTextAsync($"/proc/{pid.Trim()}/cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var environment = (await File.ReadAllTextAsync($"/proc/{pid.Trim()}/environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        process.Kill();
        await process.WaitForExitAsync();
        return async () =>
        {
            var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true };
            start.Environment.Clear();
            foreach (var variable in environment.Select(entry => entry.Split('=', 2))) start.Environment[variable[0]] = variable[1];
            var started = Process.Start(start)!;
            started.OutputDataReceived += (_, _) => { };
            started.BeginOutputReadLine();
            await File.WriteAllTextAsync(Path.Combine(Data, "pids", "api"), $"{started.Id}\n");
            await WaitForApiAsync();
        };
    }

    private Task WaitForApiAsync() => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return (await Http.GetAsync(new Uri(Api, "/health/ready"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        "the API is back");

    private Task StopAsync() => Repository.RunAsync("run", new Dictionary<string, string?> { ["WIDGET_DATA"] = Data }, ["--stop"]);

    private Task<HttpResponseMessage> SendAsync(CreatedTenant keys, HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, new Uri(Api, path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys.ApiKey);
        return Http.SendAsync(request);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>./run in an empty folder, with the private PostgreSQL that it starts.</summary>
[Collection(typeof(Alone))]
public sealed class RunCommandShould
{
    [Fact]
    public async Task Install_start_stop_restart_and_reset()
    {
        var data = Path.Combine(Repository.Root, ".local", "test", "run");
        if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
        var ports = FreePorts.Next(6);
        var environment = new Dictionary<string, string?>
        {
            ["WIDGET_DATA"] = data,
            ["WIDGET_DATABASE"] = null,
            ["WIDGET_CHAT_ENDPOINT"] = null,
            ["WIDGET_CHAT_KEY"] = null,
            ["WIDGET_CHAT_MODEL"] = null,
            ["WIDGET_API_PORT"] = $"{ports[0]}",
            ["WIDGET_DEMO_PORT"] = $"{ports[1]}",
            ["WIDGET_SIMULATORS_PORT"] = $"{ports[2]}",
            ["WIDGET_VOICE_SIMULATOR_PORT"] = $"{ports[3]}",
            ["WIDGET_LIVEKIT_SIMULATOR_PORT"] = $"{ports[5]}",
            ["WIDGET_VOICE_KEY"] = null,
            ["WIDGET_DEMO_HISTORY"] = "no",
        };
        Task<string> RunAsync(string program, params string[] arguments) => Repository.RunAsync(program, environment, arguments);
        using var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{ports[0]}") };
        try
        {
            var first = Stopwatch.StartNew();
            var printed = await RunAsync("run", "--detach");
            first.Stop();
            string[] addresses =
            [
                $"http://localhost:{ports[1]}/harbor/",
                $"http://localhost:{ports[0]}/widget/harbor",
                $"http://localhost:{ports[0]}/reference",
            ];
            foreach (var address in addresses) printed.ShouldContain(address);
            (await http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
            var creation = await RunAsync(
                "widget", "tenants", "create", "--slug", "acme", "--name", "Acme", "--origin", "http://localhost:5081", "--json");
            var made = JsonDocument.Parse(creation).RootElement;
            made.GetProperty("siteKey").GetString().ShouldNotBeNull().ShouldStartWith("pk_");
            (await RunAsync("run", "--detach")).ShouldContain("Widget is already running at");
            var pids = Directory.GetFiles(Path.Combine(data, "pids")).Select(file => int.Parse(File.ReadAllText(file)))
                .Append(int.Parse(File.ReadLines(Path.Combine(data, "postgres-data/data/postmaster.pid")).First())).ToArray();

            await RunAsync("run", "--stop");
            pids.ShouldAllBe(pid => HasEnded(pid));

            var watch = Stopwatch.StartNew();
            await RunAsync("run", "--detach");
            // On a busy machine, the first start was slow, too.
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(Math.Max(15, first.Elapsed.TotalSeconds)));
            (await RunAsync("widget", "tenants", "list")).ShouldContain("acme");

            // Changed settings take effect at the next start. Until then, ./run lists them.
            var settings = Path.Combine(data, "settings.env");
            await File.WriteAllTextAsync(
                settings,
                "# a model\nWIDGET_CHAT_ENDPOINT=http://user:secret@localhost:1/v1\n"
                + "WIDGET_CHAT_MODEL=llama3.2\nWIDGET_CHAT_KEY='sk-very-secret'\n");
            environment["WIDGET_ENV_FILE"] = settings;
            foreach (var variable in new[] { "ENDPOINT", "KEY", "MODEL" }) environment.Remove($"WIDGET_CHAT_{variable}");
            printed.ShouldContain("Language model   none: answers quote their sources");
            printed.ShouldContain("Embeddings       by the built-in embedder");
            var refusal = (await Should.ThrowAsync<InvalidOperationException>(() => RunAsync("run", "--detach"))).Message;
            refusal.ShouldContain(
                "These settings have changed since it was started: WIDGET_CHAT_ENDPOINT, WIDGET_CHAT_KEY, WIDGET_CHAT_MODEL.");
            refusal.ShouldContain("./run --restart");
            refusal.ShouldNotContain("secret");
            printed = await RunAsync("run", "--restart", "--detach");
            printed.ShouldContain("Language model   llama3.2, at http://localhost:1/v1");
            printed.ShouldNotContain("secret");
            (await RunAsync("run", "--detach")).ShouldContain("Widget is already running at");
            File.Exists(Path.Combine(data, "logs", "api.previous.log")).ShouldBeTrue();

            // A mistake in the settings is found before the running installation is stopped.
            await File.AppendAllTextAsync(settings, "WIDGET_DOCUMENT_PAGES=many\n");
            refusal = (await Should.ThrowAsync<InvalidOperationException>(() => RunAsync("run", "--restart", "--detach"))).Message;
            refusal.ShouldContain("WIDGET_DOCUMENT_PAGES is \"many\". It must be a whole number");
            refusal.ShouldContain("Widget was not restarted. It is still running with its previous settings.");
            await File.WriteAllTextAsync(settings, "");
            using (var taken = new TcpListener(IPAddress.Loopback, ports[4]))
            {
                taken.Start();
                environment["WIDGET_DEMO_PORT"] = $"{ports[4]}";
                refusal = (await Should.ThrowAsync<InvalidOperationException>(() => RunAsync("run", "--restart", "--detach"))).Message;
                refusal.ShouldContain($"Port {ports[4]} is taken by another program.");
            }

            (await http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);

            (await RunAsync("run", "--stop")).Trim().ShouldBe("Stopped.");
            (await RunAsync("run", "--stop")).Trim().ShouldBe("Widget is not running.");
            environment["WIDGET_DEMO_PORT"] = $"{ports[4]}";
            await RunAsync("run", "--detach");
            var seeded = await File.ReadAllTextAsync(Path.Combine(data, "demo.json"));
            var key = JsonDocument.Parse(seeded).RootElement.GetProperty("harbor").GetProperty("apiKey").GetString();
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            (await http.GetStringAsync("/api/settings/origins")).ShouldBe($$"""{"origins":["http://localhost:{{ports[4]}}"]}""");
            (await http.GetStringAsync("/api/knowledge/documents?limit=100"))
                .ShouldContain($"http://localhost:{ports[4]}/harbor/shipping.html");

            await RunAsync("run", "--reset", "--detach");
            (await RunAsync("widget", "tenants", "list")).ShouldNotContain("acme");
        }
        finally
        {
            await RunAsync("run", "--stop");
        }
    }

    // If no process reaps orphans, an ended process remains as a zombie.
    private static bool HasEnded(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1][0] == 'Z';
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
    }

    [Fact]
    public async Task Name_a_port_that_is_taken()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var refusal = await Should.ThrowAsync<InvalidOperationException>(() => Repository.RunAsync(
            "run",
            new Dictionary<string, string?>
            {
                ["WIDGET_DATA"] = Path.Combine(Repository.Root, ".local", "test", "taken"),
                ["WIDGET_API_PORT"] = $"{port}",
            },
            ["--detach"]));

        refusal.Message.ShouldContain($"Port {port} is taken by another program. Stop it, or set WIDGET_API_PORT to another port.");
    }

    [Theory]
    [InlineData("abc", "5181", "WIDGET_API_PORT is \"abc\". It must be a port number from 1 to 65535.")]
    [InlineData("65536", "5181", "WIDGET_API_PORT is \"65536\". It must be a port number from 1 to 65535.")]
    [InlineData("5181", "5181", "Port 5181 is used twice.")]
    public async Task Refuse_invalid_ports(string api, string demo, string words)
    {
        var environment = new Dictionary<string, string?>
        {
            ["WIDGET_DATA"] = Path.Combine(Repository.Root, ".local", "test", "ports"),
            ["WIDGET_API_PORT"] = api,
            ["WIDGET_DEMO_PORT"] = demo,
        };

        var refusal = await Should.ThrowAsync<InvalidOperationException>(() => Repository.RunAsync("run", environment, ["--detach"]));

        refusal.Message.ShouldContain(words);
    }

    [Fact]
    public async Task Explain_that_the_data_folder_is_not_writable()
    {
        const string Nowhere = "/dev/null/widget";

        var refusal = await Should.ThrowAsync<InvalidOperationException>(
            () => Repository.RunAsync("run", new Dictionary<string, string?> { ["WIDGET_DATA"] = Nowhere }, ["--detach"]));

        refusal.Message.ShouldContain($"Can't write to the data folder {Nowhere}. Change its permissions, or set WIDGET_DATA");
    }

    [Fact]
    public async Task Refuse_to_start_while_another_one_starts()
    {
        var data = Directory.CreateDirectory(Path.Combine(Repository.Root, ".local", "test", "locked")).FullName;

        // The lock that a ./run holds while it starts.
        var refusal = await Should.ThrowAsync<InvalidOperationException>(() => Repository.RunAsync(
            "/usr/bin/env",
            new Dictionary<string, string?> { ["WIDGET_DATA"] = data },
            ["flock", Path.Combine(data, "lock"), Path.Combine(Repository.Root, "run"), "--detach"]));

        refusal.Message.ShouldContain("Another ./run is starting or stopping.");
    }
}

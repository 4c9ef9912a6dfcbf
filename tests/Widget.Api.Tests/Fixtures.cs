using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Widget.Api.Answers;
using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Api.Knowledge;
using Widget.Api.Limits;
using Widget.Api.Media;
using Widget.Api.Operations;
using Widget.Api.Tavus;
using Widget.Api.Telemetry;
using Widget.Api.Tests;
using Widget.Api.Tests.Voice;
using Widget.Api.Usage;
using Widget.Api.Video;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Contracts;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Fetching;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;
using Widget.Testing;

[assembly: AssemblyFixture(typeof(TestEnvironments))]
// Most tests wait for something, so a few classes run at the same time. tests/README.md says what that asks of a test.
[assembly: CollectionBehavior(typeof(ClassesSideBySide), MaxParallelThreads = 4)]

namespace Widget.Api.Tests;

/// <summary>
/// The environment of a test class: a database, the simulators and a node of the API. No other class uses them at the same time.
/// </summary>
public sealed class ApiFixture(TestEnvironments environments) : IAsyncLifetime
{
    private TestEnvironment _environment = null!;

    public TestDatabase Database => _environment.Database;

    public Simulator Simulator => _environment.Simulator;

    internal VoiceSimulator Voice => _environment.Voice;

    public ApiNode Node => _environment.Node;

    /// <summary>Sites that the node may read. It takes crawls of other nodes of its database, so add their sites, too.</summary>
    public HashSet<string> Sites => _environment.Sites;

    public FetchOptions Fetching => _environment.Fetching;

    public async ValueTask InitializeAsync() => _environment = await environments.TakeAsync();

    public ValueTask DisposeAsync()
    {
        // Null if the environment could not be started.
        if (_environment is not null) environments.Return(_environment);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The API on a free port of loopback, as a node of its own on the database it is given.</summary>
public sealed class ApiNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiNode(WebApplication app, CapturedLog log) => (_app, Log) = (app, log);

    public Uri Address => new(_app.Urls.Single());

    public CapturedLog Log { get; }

    public static async Task<ApiNode> StartAsync(
        TestDatabase database,
        ChatModelOptions? chat = null,
        EmbeddingModelOptions? embedding = null,
        FetchOptions? fetching = null,
        string? hostSuffix = null,
        TavusOptions? tavus = null,
        RerankOptions? rerank = null,
        TavusApiOptions? tavusApi = null,
        VideoTimings? video = null,
        Uri? publicAddress = null,
        VoiceOptions? voice = null,
        VoiceTimings? voiceTimings = null,
        Action<IServiceCollection>? services = null,
        LimitOptions? limits = null,
        TrustedProxies? trustedProxies = null,
        BudgetOptions? budgets = null,
        TelemetryOptions? telemetry = null,
        IReadOnlyList<string>? settings = null,
        Func<ServerOptions, ServerOptions>? configure = null)
    {
        var log = new CapturedLog();
        var address = publicAddress is { IsLoopback: true } ? publicAddress : new Uri($"http://127.0.0.1:{Simulator.FreePort()}");
        var options = new ServerOptions
        {
            Database = database.Application,
            Chat = chat ?? new ChatModelOptions(),
            Embedding = embedding ?? new EmbeddingModelOptions(),
            // Computing vectors of meaning takes processor time that most tests have no use for.
            LocalEmbedding = new LocalEmbeddingOptions { IsEnabled = false },
            Fetching = fetching ?? new FetchOptions(),
            Tavus = tavus ?? new TavusOptions(),
            Rerank = rerank ?? new RerankOptions(),
            // Both use the installation's key, as in production.
            TavusApi = tavusApi
                ?? (tavus is null ? new TavusApiOptions() : new TavusApiOptions { Endpoint = tavus.Endpoint!, Key = tavus.Key }),
            Video = video ?? new VideoTimings(),
            Voice = voice ?? new VoiceOptions(),
            VoiceTimings = voiceTimings ?? new VoiceTimings(),
            Installation = new InstallationOptions { PublicAddress = publicAddress ?? address, HostSuffix = hostSuffix },
            // Most tests send more requests than a visitor would, so limits are off unless a test sets them.
            Limits = limits ?? LimitOptions.None,
            TrustedProxies = trustedProxies ?? TrustedProxies.None,
            Budgets = budgets ?? new BudgetOptions(),
            Telemetry = telemetry ?? new TelemetryOptions(),
        };
        options = configure?.Invoke(options) ?? options;
        var app = Server.Build([$"--urls={address.AbsoluteUri}", .. settings ?? []], options, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(log);
            services?.Invoke(builder.Services);
        });
        await app.StartAsync();
        return new ApiNode(app, log);
    }

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A service that is not registered on every node.</summary>
    public T? Optional<T>()
        where T : class => _app.Services.GetService<T>();

    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Stops the node gracefully.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>Everything a node has logged, as text.</summary>
public sealed class CapturedLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
        // There is nothing to dispose of.
    }
}

/// <summary>The simulated outside services, in a separate process.</summary>
public sealed class Simulator : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control;

    private Simulator(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _control = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>The settings of a node whose answers the simulated model writes.</summary>
    public ChatModelOptions Chat => new()
    {
        Endpoint = new Uri(Address, "/v1"),
        Key = "sim-key",
        Model = "sim-chat",
        NetworkTimeout = TimeSpan.FromSeconds(5),
    };

    public EmbeddingModelOptions Embedding => new() { Endpoint = new Uri(Address, "/v1"), Key = "sim-key", Model = "sim-embedding" };

    /// <summary>The settings of a node whose recordings the simulated model transcribes.</summary>
    public MediaModelOptions Transcription => new() { Endpoint = new Uri(Address, "/v1"), Key = "sim-key", Model = "sim-transcription" };

    /// <summary>The settings of a node whose pictures the simulated model describes.</summary>
    public MediaModelOptions Vision => new() { Endpoint = new Uri(Address, "/v1"), Key = "sim-key", Model = "sim-vision" };

    public TavusOptions Tavus => new() { Endpoint = new Uri(Address, "/tavus"), Key = "sim-tavus-key" };

    public RerankOptions Rerank => new()
    {
        Endpoint = new Uri(Address, "/cohere/v2"),
        Key = "sim-key",
        Model = "sim-rerank",
        Deadline = TimeSpan.FromSeconds(5),
    };

    /// <param name="tavusJournal">The file in which the simulated Tavus keeps its state across a crash. Null if it keeps none.</param>
    public static async Task<Simulator> StartAsync(string? tavusJournal = null)
    {
        var port = FreePort();
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        var folder = Path.Combine(Repository.Root, "tests", "Widget.Simulators", "bin", configuration, "net10.0");
        start.ArgumentList.Add(Path.Combine(folder, "Widget.Simulators.dll"));
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        if (tavusJournal is not null) start.Environment["TavusJournal"] = tavusJournal;
        var process = Process.Start(start)!;
        // The output is read and dropped, because a full pipe would block the process.
        process.BeginOutputReadLine();
        var simulator = new Simulator(process, new Uri($"http://127.0.0.1:{port}"));
        await Eventually.TrueAsync(async () =>
        {
            if (process.HasExited) throw new InvalidOperationException($"The simulator ended with code {process.ExitCode}.");
            try
            {
                return (await simulator._control.GetAsync("/health")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "the simulator is up");
        return simulator;
    }

    public TavusApiOptions TavusApi => new() { Endpoint = new Uri(Address, "/tavus") };

    internal static int FreePort() => FreePorts.Next();

    /// <summary>A client of its control API, for requests that have no method here.</summary>
    public HttpClient Control => _control;

    /// <summary>Sets how it behaves from now on. Without switches, it behaves normally.</summary>
    public async Task BehaveAsync(object? switches = null, string service = "openai") =>
        (await _control.PutAsJsonAsync($"/control/{service}", switches ?? new { })).EnsureSuccessStatusCode();

    /// <summary>Number of questions to the model that were cancelled before they were answered.</summary>
    public Task<int> GivenUpAsync() => _control.GetFromJsonAsync<int>("/control/openai/given-up");

    public async Task<IReadOnlyList<JsonElement>> RequestsAsync() =>
        (await _control.GetFromJsonAsync<JsonElement[]>("/control/openai/requests"))!;

    /// <summary>The credentials of all requests, also of those that were refused.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync() => (await _control.GetFromJsonAsync<string[]>("/control/openai/keys"))!;

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _control.Dispose();
    }
}

internal static class Eventually
{
    /// <summary>Waits until the condition is true; fails the test after some seconds.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string? what = null, int seconds = 60)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(seconds);)
        {
            if (await condition()) return;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"Not within {seconds} s: {what}");
    }
}

/// <summary>A tenant with knowledge and its two kinds of callers.</summary>
internal sealed class TestTenant(ApiNode node, CreatedTenant created)
{
    public const string Origin = "https://shop.example";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    public CreatedTenant Created => created;

    public HttpClient Developer { get; } = node.Client(created.ApiKey);

    public static async Task<TestTenant> CreateAsync(ApiFixture api, ApiNode? node = null)
    {
        var slug = $"t{Guid.NewGuid():N}";
        var administration = new TenantAdministration(api.Database.OwnerSource);
        var created = await administration.CreateAsync(slug, "Harbor Bikes", [Origin], CancellationToken.None);
        return new TestTenant(node ?? api.Node, created);
    }

    /// <summary>A tenant that knows about charging, the warranty and delivery.</summary>
    public static async Task<TestTenant> WithKnowledgeAsync(ApiFixture api, ApiNode? node = null)
    {
        var tenant = await CreateAsync(api, node);
        await tenant.ImportAsync(
            new
            {
                id = "charging",
                title = "Charging",
                text = "The standard charger fills the battery in four and a half hours. The fast charger needs two hours.",
                url = "https://shop.example/charging",
            },
            new
            {
                id = "warranty",
                title = "Warranty",
                text = "The frame is covered for five years. The battery is covered for two years or 700 cycles.",
            },
            new { id = "shipping", title = "Shipping", text = "Delivery within Germany costs 49 euros. To Denmark it costs 89 euros." });
        return tenant;
    }

    public async Task<JobState> ImportAsync(params object[] lines)
    {
        var body = new StringContent(string.Join('\n', lines.Select(line => line as string ?? JsonSerializer.Serialize(line))));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return await FinishedAsync(await Developer.PostAsync("/api/knowledge/import", body));
    }

    public async Task<JobState> FinishedAsync(HttpResponseMessage accepted)
    {
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync());
        var job = (await accepted.Content.ReadFromJsonAsync<JobAccepted>())!;
        JobState? state = null;
        await Eventually.TrueAsync(
            async () =>
            {
                state = await Developer.GetFromJsonAsync<JobState>($"/api/knowledge/jobs/{job.JobId}", Json);
                return state!.Status is JobStatusName.Ready or JobStatusName.Failed;
            },
            "the job is finished");
        return state!;
    }

    public async Task<TestVisitor> VisitAsync(ApiNode? at = null, Guid? visitorId = null)
    {
        using var client = (at ?? node).Client();
        var response = await client.PostAsJsonAsync("/api/widget/session", new { siteKey = created.SiteKey, visitorId });
        response.EnsureSuccessStatusCode();
        return new TestVisitor(at ?? node, (await response.Content.ReadFromJsonAsync<SessionResponse>(Json))!);
    }
}

/// <summary>A visitor with a session.</summary>
internal sealed class TestVisitor(ApiNode node, SessionResponse session)
{
    public SessionResponse Session => session;

    public ApiNode Node => node;

    public HttpClient Client { get; } = node.Client(session.Token);

    public string Conversation => $"/api/widget/conversations/{session.ConversationId}";

    public async Task<AssistantMessage> AskAsync(string text, string? clientId = null)
    {
        var response = await SendAsync(text, clientId, "application/json");
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<AssistantMessage>(TestTenant.Json))!;
    }

    public Task<HttpResponseMessage> SendAsync(
        string text,
        string? clientId = null,
        string accept = "text/event-stream",
        string? origin = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Conversation}/messages")
        {
            Content = JsonContent.Create(new { clientId = clientId ?? Guid.NewGuid().ToString(), text }),
        };
        request.Headers.Accept.ParseAdd(accept);
        if (origin is not null) request.Headers.Add("Origin", origin);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<IReadOnlyList<ConversationEvent>> EventsAsync(int after = 0) =>
        (await Client.GetFromJsonAsync<ConversationEvent[]>($"{Conversation}/events?after={after}", TestTenant.Json))!;
}

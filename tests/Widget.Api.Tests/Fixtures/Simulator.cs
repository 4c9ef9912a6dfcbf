using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Answers;
using Widget.Api.Knowledge;
using Widget.Api.Media;
using Widget.Api.Tavus;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;
using Widget.Testing;

namespace Widget.Api.Tests.Fixtures;

/// <summary>The simulated outside services, in a separate process.</summary>
public sealed class Simulator : IAsyncDisposable
{
    private readonly Process _process;

    private Simulator(Process process, HttpClient control) => (_process, Control) = (process, control);

    public Uri Address => Control.BaseAddress!;

    /// <summary>A client of its control API.</summary>
    public HttpClient Control { get; }

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
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        var folder = Path.Combine(Repository.Root, "tests", "Widget.Simulators", "bin", configuration, "net10.0");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "Widget.Simulators.dll")]);
        start.Environment["ASPNETCORE_URLS"] = address.AbsoluteUri;
        if (tavusJournal is not null) start.Environment["TavusJournal"] = tavusJournal;
        var control = new HttpClient { BaseAddress = address };
        return new Simulator(await start.StartServerAsync(control), control);
    }

    public TavusApiOptions TavusApi => new() { Endpoint = new Uri(Address, "/tavus") };

    internal static int FreePort() => FreePorts.Next();

    /// <summary>Sets how it behaves from now on. Without switches, it behaves normally.</summary>
    public async Task BehaveAsync(object? switches = null, string service = "openai") =>
        (await Control.PutAsJsonAsync($"/control/{service}", switches ?? new { })).EnsureSuccessStatusCode();

    /// <summary>Number of questions to the model that were cancelled before they were answered.</summary>
    public Task<int> GivenUpAsync() => Control.GetFromJsonAsync<int>("/control/openai/given-up");

    public async Task<IReadOnlyList<JsonElement>> RequestsAsync() =>
        (await Control.GetFromJsonAsync<JsonElement[]>("/control/openai/requests"))!;

    /// <summary>The credentials of all requests, also of those that were refused.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync() => (await Control.GetFromJsonAsync<string[]>("/control/openai/keys"))!;

    public async ValueTask DisposeAsync()
    {
        await _process.EndAsync();
        Control.Dispose();
    }
}

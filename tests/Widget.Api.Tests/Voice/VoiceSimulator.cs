using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Voice;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Voice;

/// <summary>The simulated realtime voice provider, which runs as its own process.</summary>
internal sealed class VoiceSimulator : IAsyncDisposable
{
    private readonly Process _process;

    private VoiceSimulator(Process process, HttpClient control) => (_process, Control) = (process, control);

    public static string Folder => Path.Combine(Repository.Root, "tests", "Widget.VoiceSimulator");

    public HttpClient Control { get; }

    public VoiceOptions OpenAI => Options("/openai/v1", VoiceProtocol.OpenAIRealtime);

    public VoiceOptions Azure => Options("/azure/openai/v1", VoiceProtocol.AzureRealtime);

    public VoiceOptions Live => Options("/live/v1", VoiceProtocol.GptLive) with { Model = "gpt-live-1" };

    public VoiceOptions SelfHosted => Options("/selfhosted/v1", VoiceProtocol.SelfHosted);

    public static async Task<VoiceSimulator> StartAsync()
    {
        var port = Simulator.FreePort();
        var start = new ProcessStartInfo("node", ["server.mjs"]) { WorkingDirectory = Folder };
        start.Environment["VOICE_SIMULATOR_PORT"] = port.ToString();
        var control = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        return new VoiceSimulator(await start.StartServerAsync(control), control);
    }

    public async Task ResetAsync() => (await Control.DeleteAsync("/control/voice")).EnsureSuccessStatusCode();

    public async Task BehaveAsync(object behavior) =>
        (await Control.PutAsJsonAsync("/control/voice/behavior", behavior)).EnsureSuccessStatusCode();

    public async Task ScriptAsync(object script) =>
        (await Control.PutAsJsonAsync("/control/voice/script", script)).EnsureSuccessStatusCode();

    public async Task KeysAsync(object keys) => (await Control.PutAsJsonAsync("/control/voice/keys", keys)).EnsureSuccessStatusCode();

    public async Task<JsonElement> CallAsync()
    {
        var calls = await Control.GetFromJsonAsync<JsonElement>("/control/voice/calls");
        var list = calls.ValueKind == JsonValueKind.Array ? calls : calls.GetProperty("calls");
        return list.EnumerateArray().Last();
    }

    public async Task<int> CallsAsync()
    {
        var calls = await Control.GetFromJsonAsync<JsonElement>("/control/voice/calls");
        return (calls.ValueKind == JsonValueKind.Array ? calls : calls.GetProperty("calls")).GetArrayLength();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.EndAsync();
        Control.Dispose();
    }

    private VoiceOptions Options(string path, VoiceProtocol protocol) => new()
    {
        Endpoint = new Uri(Control.BaseAddress!, path),
        Protocol = protocol,
        Key = "sk-test",
        Model = "gpt-realtime-2.1",
        TranscriptionModel = "gpt-transcribe",
    };
}

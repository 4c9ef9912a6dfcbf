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

    private VoiceSimulator(Process process, Uri address) => (_process, Control) = (process, new HttpClient { BaseAddress = address });

    public static string Folder => Path.Combine(Repository.Root, "tests", "Widget.VoiceSimulator");

    public HttpClient Control { get; }

    public VoiceOptions OpenAI => Options("/openai/v1", VoiceProtocol.OpenAIRealtime);

    public VoiceOptions Azure => Options("/azure/openai/v1", VoiceProtocol.AzureRealtime);

    public VoiceOptions Live => Options("/live/v1", VoiceProtocol.GptLive) with { Model = "gpt-live-1" };

    public VoiceOptions SelfHosted => Options("/selfhosted/v1", VoiceProtocol.SelfHosted);

    public static async Task<VoiceSimulator> StartAsync()
    {
        var port = Simulator.FreePort();
        var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = Folder };
        start.ArgumentList.Add("server.mjs");
        start.Environment["VOICE_SIMULATOR_PORT"] = port.ToString();
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        var simulator = new VoiceSimulator(process, new Uri($"http://127.0.0.1:{port}"));
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await simulator.Control.GetAsync("/health")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "the voice simulator is up");
        return simulator;
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
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
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

/// <summary>A visitor's browser: a real WebRTC peer that sends and receives audio (tests/Widget.VoiceSimulator/visitor.mjs).</summary>
internal sealed class VisitorPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<JsonElement> _lines = [];
    private readonly SemaphoreSlim _news = new(0);

    private VisitorPeer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            using var document = JsonDocument.Parse(line.Data);
            lock (_lines) _lines.Add(document.RootElement.Clone());
            _news.Release();
        };
        process.BeginOutputReadLine();
    }

    public static VisitorPeer Start()
    {
        var start = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = VoiceSimulator.Folder,
        };
        start.ArgumentList.Add("visitor.mjs");
        return new VisitorPeer(Process.Start(start)!);
    }

    public async Task<string> OfferAsync() => (await AskAsync(new { offer = true }, "offer")).GetString()!;

    public Task AcceptAsync(string sdp) => AskAsync(new { answer = sdp }, "accepted");

    /// <summary>Says something, and waits until it was said.</summary>
    public Task SayAsync(string text) => AskAsync(new { say = text }, "said");

    /// <summary>Seconds of audio received so far.</summary>
    public async Task<double> HeardAsync() => (await AskAsync(new { heard = true }, "heard")).GetDouble();

    /// <summary>Sends a message over the data channel.</summary>
    public void Send(object message) => Tell(new { send = message });

    /// <summary>All messages received over the data channel so far.</summary>
    public IReadOnlyList<JsonElement> Events()
    {
        lock (_lines) return [.. _lines.Where(line => line.TryGetProperty("event", out _)).Select(line => line.GetProperty("event"))];
    }

    public Task ClosedAsync() => WaitAsync("closed", 0);

    /// <summary>Waits until sending fails because the call is over.</summary>
    public Task UnsentAsync() => WaitAsync("unsent", 0);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JsonElement> AskAsync(object command, string answer)
    {
        int after;
        lock (_lines) after = _lines.Count;
        Tell(command);
        return await WaitAsync(answer, after);
    }

    private async Task<JsonElement> WaitAsync(string answer, int after)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            lock (_lines)
            {
                for (var i = after; i < _lines.Count; i++)
                    if (_lines[i].TryGetProperty(answer, out var value)) return value;
            }

            await _news.WaitAsync(limit.Token);
        }
    }

    private void Tell(object command) => _process.StandardInput.WriteLine(JsonSerializer.Serialize(command));
}

using System.Diagnostics;
using System.Text.Json;

namespace Widget.Api.Tests.Voice;

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

    public async ValueTask DisposeAsync() => await _process.EndAsync();

    private async Task<JsonElement> AskAsync(object command, string answer)
    {
        int after;
        lock (_lines) after = _lines.Count;
        Tell(command);
        return await WaitAsync(answer, after);
    }

    private async Task<JsonElement> WaitAsync(string answer, int after)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
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

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Widget.Benchmarks.Load;

/// <summary>The result of one visitor's question.</summary>
/// <param name="Answer">Outcome and text of the answer.</param>
/// <param name="Milliseconds">Time from the question to the complete answer.</param>
/// <param name="Failure">Why there is no answer; null when there is one.</param>
internal sealed record VisitorsAnswer(string Answer, double Milliseconds, string? Failure);

/// <summary>Visitors of one node, each with its own session and connection, who read the answer as a stream.</summary>
internal sealed class Visitors(Uri node, string siteKey) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1_000 })
    {
        BaseAddress = node,
        Timeout = TimeSpan.FromMinutes(2),
    };

    public async Task<VisitorsAnswer> AskAsync(string question)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var session = await OpenAsync();
            var answer = await ReadAsync(session, question);
            return new VisitorsAnswer(answer, Stopwatch.GetElapsedTime(start).TotalMilliseconds, null);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or InvalidDataException)
        {
            return new VisitorsAnswer("", Stopwatch.GetElapsedTime(start).TotalMilliseconds, e.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> OpenAsync()
    {
        using var opened = await _http.PostAsJsonAsync("/api/widget/session", new { siteKey });
        opened.EnsureSuccessStatusCode();
        return await opened.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string> ReadAsync(JsonElement session, string question)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"/api/widget/conversations/{session.GetProperty("conversationId").GetGuid()}/messages")
        {
            Content = JsonContent.Create(new { clientId = Guid.NewGuid().ToString(), text = question, locale = "en" }),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", session.GetProperty("token").GetString()) },
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal)) continue;
            var update = JsonSerializer.Deserialize<JsonElement>(line["data:".Length..]);
            if (!update.TryGetProperty("message", out var message)) continue;
            return $"{message.GetProperty("outcome").GetString()}: {message.GetProperty("text").GetString()}";
        }

        throw new InvalidDataException("The stream ended without an answer.");
    }
}

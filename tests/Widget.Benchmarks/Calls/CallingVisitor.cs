using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Benchmarks.Calls;

/// <summary>
/// A visitor who has a call and ends it in one of the usual ways, while nodes come and go. If a node does not answer, the visitor asks the
/// next one.
/// </summary>
internal sealed class CallingVisitor(IReadOnlyList<Uri> nodes, string siteKey, Random random, HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    private string? _token;

    /// <summary>Returns how the call ended: ended, left, vanished, refused.</summary>
    public async Task<string> CallAsync(CancellationToken ct)
    {
        // A node that has just started or lost its database reports it, and a page tries again.
        JsonElement opened;
        while (!(opened = await SendAsync("/api/widget/session", new { siteKey }, ct)).TryGetProperty("token", out _))
            await Task.Delay(200, ct);
        _token = opened.GetProperty("token").GetString();
        var wish = Guid.NewGuid().ToString("N");
        var session = await SessionAsync(
            "/api/tavus/session",
            new { clientId = wish, threadId = opened.GetProperty("conversationId").GetGuid() },
            ct);
        if (session is null) return "refused";
        // As often as a page that waits in the queue.
        for (var i = 0; i < 300 && session.State is TavusSessionState.Queued or TavusSessionState.Creating; i++)
        {
            await Task.Delay(2500, ct);
            if (await AliveAsync(session, ct) is { } now) session = now;
        }

        if (session.State is not (TavusSessionState.Waiting or TavusSessionState.Live)) return "not opened";
        for (var seconds = random.Next(1, 5); seconds > 0; seconds--)
        {
            await SayAsync(session, seconds, ct);
            await Task.Delay(1000, ct);
            if (await AliveAsync(session, ct) is { } now) session = now;
        }

        switch (random.Next(10))
        {
            case < 6:
                await SessionAsync($"/api/tavus/session/{session.SessionId}/end", new { }, ct);
                return "ended";
            case < 8:
                await LeaveAsync(session, ct);
                return "left";
            default:
                return "vanished";
        }
    }

    private Task<TavusSession?> AliveAsync(TavusSession session, CancellationToken ct) =>
        SessionAsync($"/api/tavus/session/{session.SessionId}/alive", new { replicaJoined = random.Next(2) == 0 }, ct);

    private async Task SayAsync(TavusSession session, int turn, CancellationToken ct)
    {
        var utterances = new[] { new { id = $"u{turn}", speaker = "visitor", text = $"This is sentence number {turn}." } };
        // Reported twice, as by a page that missed the response.
        for (var i = 0; i < 2; i++) await SendAsync($"/api/tavus/session/{session.SessionId}/utterances", new { utterances }, ct);
    }

    private async Task LeaveAsync(TavusSession session, CancellationToken ct)
    {
        // A beacon is sent once, without knowing whether it arrived.
        try
        {
            using var body = new StringContent(
                JsonSerializer.Serialize(new { leaveToken = session.LeaveToken }),
                Encoding.UTF8,
                "text/plain");
            using var answer = await http.PostAsync(
                new Uri(nodes[random.Next(nodes.Count)], $"/api/tavus/session/{session.SessionId}/leave"),
                body,
                ct);
        }
        catch (HttpRequestException)
        {
            // Lost.
        }
    }

    // Null when the call is refused.
    private async Task<TavusSession?> SessionAsync(string path, object body, CancellationToken ct)
    {
        var answer = await SendAsync(path, body, ct);
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("sessionId", out _)
            ? answer.Deserialize<TavusSession>(Json)
            : null;
    }

    private async Task<JsonElement> SendAsync(string path, object body, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(
                    HttpMethod.Post,
                    new Uri(nodes[random.Next(nodes.Count)], path))
                { Content = JsonContent.Create(body) };
                if (_token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
                using var response = await http.SendAsync(request, ct);
                var text = await response.Content.ReadAsStringAsync(ct);
                return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
            }
            catch (Exception e) when (
                (e is HttpRequestException or JsonException || (e is TaskCanceledException && !ct.IsCancellationRequested))
                    && attempt < 200)
            {
                await Task.Delay(100, ct);
            }
        }
    }
}

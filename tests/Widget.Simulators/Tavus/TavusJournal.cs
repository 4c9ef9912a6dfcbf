using System.Text.Json;

namespace Widget.Simulators.Tavus;

/// <summary>An entry of the journal about a call.</summary>
internal sealed class JournalledCall(
    string account,
    string id,
    string host,
    JsonElement request,
    DateTimeOffset createdAt,
    string? meetingToken)
{
    public string Account => account;

    public string Id => id;

    public string Host => host;

    public JsonElement Request => request;

    public DateTimeOffset CreatedAt => createdAt;

    public string? MeetingToken => meetingToken;

    public int EndCalls { get; set; }

    public (DateTimeOffset At, string By)? End { get; set; }

    public List<JsonElement> Events { get; } = [];
}

/// <summary>
/// Persists what Tavus would still know after its own crash: accounts, behavior, and calls with their events and their end. Pending
/// callbacks and reports are lost, and so is what was said. Without a file, nothing is persisted.
/// </summary>
internal sealed class TavusJournal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter? _file;

    public TavusJournal(string? path)
    {
        if (path is null) return;
        if (File.Exists(path)) Read(path);
        // Killing the process loses nothing that was written, because the machine keeps running.
        _file = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public Dictionary<string, AccountTerms> Accounts { get; } = new(StringComparer.Ordinal);

    public TavusSimulation? Behavior { get; private set; }

    public Dictionary<string, JournalledCall> Calls { get; } = new(StringComparer.Ordinal);

    public void Account(string key, AccountTerms terms) => Write(new { kind = "account", key, terms });

    public void Behave(TavusSimulation behavior) => Write(new { kind = "behavior", behavior });

    public void Created(string account, SimulatedConversation call, string host) =>
        Write(
            new { kind = "created", account, id = call.Id, host, request = call.Request, at = call.CreatedAt, token = call.MeetingToken });

    public void EndCalled(string id) => Write(new { kind = "end-called", id });

    public void Happened(string id, JsonElement entry) => Write(new { kind = "event", id, entry });

    public void Ended(string id, DateTimeOffset at, string by) => Write(new { kind = "ended", id, at, by });

    public void Dispose() => _file?.Dispose();

    private void Write(object entry)
    {
        if (_file is null) return;
        var line = JsonSerializer.Serialize(entry, JsonSerializerOptions.Web);
        lock (_lock) _file.WriteLine(line);
    }

    private void Read(string path)
    {
        foreach (var line in File.ReadLines(path))
        {
            try
            {
                Take(JsonDocument.Parse(line).RootElement);
            }
            catch (JsonException)
            {
                // The last line is incomplete, because the process was killed while writing it.
            }
        }
    }

    private void Take(JsonElement entry)
    {
        string Text(string field) => entry.GetProperty(field).GetString()!;
        switch (Text("kind"))
        {
            case "account":
                Accounts[Text("key")] = entry.GetProperty("terms").Deserialize<AccountTerms>(JsonSerializerOptions.Web)!;
                break;
            case "behavior":
                Behavior = entry.GetProperty("behavior").Deserialize<TavusSimulation>(JsonSerializerOptions.Web);
                break;
            case "created":
                var token = entry.GetProperty("token").GetString();
                Calls[Text("id")] = new JournalledCall(
                    Text("account"),
                    Text("id"),
                    Text("host"),
                    entry.GetProperty("request"),
                    entry.GetProperty("at").GetDateTimeOffset(),
                    token);
                break;
            case "end-called" when Calls.TryGetValue(Text("id"), out var call):
                call.EndCalls++;
                break;
            case "event" when Calls.TryGetValue(Text("id"), out var call):
                call.Events.Add(entry.GetProperty("entry"));
                break;
            case "ended" when Calls.TryGetValue(Text("id"), out var call):
                call.End ??= (entry.GetProperty("at").GetDateTimeOffset(), Text("by"));
                break;
        }
    }
}

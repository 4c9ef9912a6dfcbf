using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Voice.Dialogue;
using Widget.Contracts;

namespace Widget.Api.Tests.Voice;

/// <summary>Records the actions of a dialogue. Time passes only when a test says so.</summary>
internal sealed class DialogueActionsRecorder : IDialogueActions
{
    private readonly List<(TimeSpan At, Action Then)> _later = [];
    private TimeSpan _now;

    public List<JsonObject> Sent { get; } = [];

    public List<string> Logged { get; } = [];

    public List<(VoicePhase Phase, VoiceCaption? Caption)> Shown { get; } = [];

    public List<(string Item, string Words)> LookedUp { get; } = [];

    public List<(string Call, string Name, string Arguments)> Tools { get; } = [];

    public List<(string Call, string Question)> Questions { get; } = [];

    public Dictionary<string, long> Counted { get; } = [];

    public List<string> Warnings { get; } = [];

    public VoiceEndReason? Ended { get; private set; }

    /// <summary>The types of the sent messages, in order.</summary>
    public IEnumerable<string> Kinds => Sent.Select(message => (string)message["type"]!);

    public int Replies => Kinds.Count(kind => kind == "response.create");

    public void Send(JsonObject message) => Sent.Add(message);

    public void ShowState(VoicePhase phase, VoiceCaption? caption) => Shown.Add((phase, caption));

    public void LogUtterance(SpokenUtterance utterance) => Logged.Add($"{line.Speaker}: {line.Text}{(line.Interrupted ? " (cut off)" : "")}");

    public void SearchKnowledge(string item, string text) => LookedUp.Add((item, words));

    public void RunTool(string callId, string name, string arguments) => Tools.Add((callId, name, arguments));

    public void AnswerQuestion(string callId, string question) => Questions.Add((callId, question));

    public void AddUsage(string figure, long amount) => Counted[figure] = Counted.GetValueOrDefault(figure) + amount;

    public void SetUsage(string figure, long total) => Counted[figure] = total;

    public void RunAfter(TimeSpan delay, Action then) => _later.Add((_now + delay, then));

    public void End(VoiceEndReason reason) => Ended ??= reason;

    public void Warn(string message) => Warnings.Add(message);

    public void Pass(TimeSpan time)
    {
        _now += time;
        foreach (var due in _later.Where(entry => entry.At <= _now).OrderBy(entry => entry.At).ToList())
        {
            _later.Remove(due);
            due.Then();
        }
    }

    public static JsonElement Event(object message) => JsonSerializer.SerializeToElement(message);
}

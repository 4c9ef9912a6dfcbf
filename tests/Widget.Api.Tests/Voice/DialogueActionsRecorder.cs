using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Voice.Dialogue;
using Widget.Contracts;

namespace Widget.Api.Tests.Voice;

/// <summary>Records the actions of a dialogue. The time is controlled by the test.</summary>
internal sealed class DialogueActionsRecorder : IDialogueActions
{
    private readonly List<(TimeSpan At, Action Then)> _later = [];
    private TimeSpan _now;

    public List<JsonObject> Sent { get; } = [];

    public List<string> Logged { get; } = [];

    public List<(VoicePhase Phase, VoiceCaption? Caption)> States { get; } = [];

    public List<(string Item, string Text)> Searches { get; } = [];

    public List<(string Call, string Name, string Arguments)> Tools { get; } = [];

    public List<(string Call, string Question)> Questions { get; } = [];

    public Dictionary<string, long> Usage { get; } = [];

    public List<string> Warnings { get; } = [];

    public VoiceEndReason? Ended { get; private set; }

    /// <summary>The types of the sent messages, in order.</summary>
    public IEnumerable<string> SentTypes => Sent.Select(message => (string)message["type"]!);

    public int Replies => SentTypes.Count(type => type == "response.create");

    public void Send(JsonObject message) => Sent.Add(message);

    public void ShowState(VoicePhase phase, VoiceCaption? caption) => States.Add((phase, caption));

    public void LogUtterance(SpokenUtterance utterance) =>
        Logged.Add($"{utterance.Speaker}: {utterance.Text}{(utterance.Interrupted ? " (cut off)" : "")}");

    public void SearchKnowledge(string item, string text) => Searches.Add((item, text));

    public void RunTool(string callId, string name, string arguments) => Tools.Add((callId, name, arguments));

    public void AnswerQuestion(string callId, string question) => Questions.Add((callId, question));

    public void AddUsage(string figure, long amount) => Usage[figure] = Usage.GetValueOrDefault(figure) + amount;

    public void SetUsage(string figure, long total) => Usage[figure] = total;

    public void RunAfter(TimeSpan delay, Action then) => _later.Add((_now + delay, then));

    public void End(VoiceEndReason reason) => Ended ??= reason;

    public void Warn(string message) => Warnings.Add(message);

    public void Advance(TimeSpan time)
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

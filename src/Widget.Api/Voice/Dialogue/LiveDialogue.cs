using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// A conversation with GPT-Live, which listens and speaks at once. Turns are its own business: its transcripts are fragments without ends, which are put
/// together here by who speaks and by pauses. What it hands over (<c>session.delegation.created</c>, which does not say what about) is answered by
/// our own answers from what the visitor said last.
/// </summary>
internal sealed class LiveDialogue(IVoiceStage stage) : IVoiceDialogue
{
    /// <summary>A pause that ends an utterance, where nobody else begins to speak.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The provider takes 500 tokens at once; this is well below that in any language.</summary>
    private const int LongestCommentary = 900;

    private readonly Transcript _transcript = new(stage.Log);
    private readonly List<string> _visitorsWords = [];
    private (Speaker Speaker, string Item, int Version)? _current;
    private string? _pendingDelegation;
    private int _next;

    public void Begin(bool isNew)
    {
        if (isNew) stage.Show(VoicePhase.Listening, null);
    }

    public void Hear(JsonElement message)
    {
        switch (message.Text("type"))
        {
            case "session.input_transcript.delta":
                Said(Speaker.Visitor, message.Text("delta"));
                break;
            case "session.output_transcript.delta":
                Said(Speaker.Assistant, message.Text("delta"));
                break;
            case "session.delegation.created":
                if (message.Part("delegation").Text("id") is { } delegation) Delegated(delegation);
                break;
            case "session.usage.updated":
                Usage(message.Part("usage"));
                break;
            case "session.closed":
                Usage(message.Part("usage"));
                stage.End(message.Text("reason") switch
                {
                    "expired" => VoiceEndReason.Continued,
                    "remote_hangup" => VoiceEndReason.Left,
                    _ => VoiceEndReason.Provider,
                });
                break;
            case "error":
                var error = message.Part("error");
                stage.Note($"The provider reports {error.Text("code") ?? "an error"}: {Truncation.Truncate(error.Text("message") ?? "", 200)}");
                break;
            default:
                break;
        }
    }

    public void LookedUp(string item, string? found)
    {
        // Answers are looked up where they are made.
    }

    public void ToolRan(string callId, string output)
    {
        foreach (var part in Parts(output))
            stage.Send(new JsonObject { ["type"] = "session.commentary.append", ["delegation_id"] = callId, ["content"] = part });
    }

    // There is no way to type to it; it is told that the visitor wrote, and the answer is ours.
    public void Say(string item, string text)
    {
        EndUtterance();
        _visitorsWords.Add(text);
        stage.Send(new JsonObject { ["type"] = "session.instructions.append", ["content"] = $"The visitor has typed: {text}" });
        stage.Answer($"typed_{_next++}", text);
    }

    public void Talk(bool pressed) =>
        stage.Send(new JsonObject { ["type"] = pressed ? "session.input_audio.unmute" : "session.input_audio.mute" });

    public void Interrupt() => stage.Send(new JsonObject { ["type"] = "session.instructions.append", ["content"] = "The visitor wants you to stop speaking. Be quiet until they speak." });

    public void Close() => _transcript.SettleAll((_, speaker) => speaker == Speaker.Assistant && _current?.Speaker == Speaker.Assistant);

    private void Said(Speaker speaker, string? delta)
    {
        if (string.IsNullOrEmpty(delta)) return;
        if (_current?.Speaker != speaker)
        {
            EndUtterance();
            var item = $"said_{_next++}";
            _transcript.Add(item, speaker, after: null);
            _current = (speaker, item, 0);
        }

        var (_, current, version) = _current!.Value;
        _current = (speaker, current, version + 1);
        _transcript.Append(current, delta);
        stage.Show(speaker == Speaker.Visitor ? VoicePhase.Hearing : VoicePhase.Speaking, new VoiceCaption(speaker, current, _transcript.TextOf(current)));
        stage.After(Pause, () =>
        {
            if (_current is { } still && still.Item == current && still.Version == version + 1) EndUtterance();
        });
    }

    private void EndUtterance()
    {
        if (_current is not { } current) return;
        _current = null;
        if (current.Speaker == Speaker.Visitor)
        {
            _visitorsWords.Add(_transcript.TextOf(current.Item).Trim());
            if (_visitorsWords.Count > 3) _visitorsWords.RemoveAt(0);
        }

        _transcript.Settle(current.Item);
        stage.Show(VoicePhase.Listening, null);
        if (_pendingDelegation is { } delegation && current.Speaker == Speaker.Visitor)
        {
            _pendingDelegation = null;
            Answer(delegation);
        }
    }

    private void Delegated(string delegation)
    {
        // The words that it is about may still be coming.
        if (_current?.Speaker == Speaker.Visitor) EndUtterance();
        stage.Show(VoicePhase.Thinking, null);
        if (_visitorsWords.Count > 0) Answer(delegation);
        else _pendingDelegation = delegation;
    }

    private void Answer(string delegation) => stage.Answer(delegation, _visitorsWords[^1]);

    private void Usage(JsonElement usage)
    {
        if (usage.Number("seconds") is { } seconds) stage.Total("provider_seconds", seconds);
    }

    private static IEnumerable<string> Parts(string text)
    {
        while (text.Length > LongestCommentary)
        {
            var end = text.LastIndexOf(". ", LongestCommentary, StringComparison.Ordinal);
            if (end <= 0) end = text.LastIndexOf(' ', LongestCommentary);
            if (end <= 0) end = LongestCommentary - 1;
            yield return text[..(end + 1)].Trim();
            text = text[(end + 1)..].TrimStart();
        }

        if (text.Trim().Length > 0) yield return text.Trim();
    }
}

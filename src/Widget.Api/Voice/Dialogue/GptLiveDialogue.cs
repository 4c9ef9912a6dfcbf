using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// Runs a conversation with GPT-Live, which listens and speaks at the same time and handles turns itself. It sends transcripts
/// in fragments and does not mark the end of an utterance, so a change of speaker or a pause ends it here. When GPT-Live delegates, the
/// event (<c>session.delegation.created</c>) does not contain the question, so we answer what the visitor said last.
/// </summary>
internal sealed class GptLiveDialogue(IDialogueActions actions) : IVoiceDialogue
{
    /// <summary>A pause that ends an utterance, unless the other side starts to speak first.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Characters per message. The provider accepts 500 tokens, and this is well below that in any language.</summary>
    private const int LongestCommentary = 900;

    private readonly Transcript _transcript = new(actions.Log);
    private readonly List<string> _visitorsWords = [];
    private (Speaker Speaker, string Item, int Version)? _current;
    private string? _pendingDelegation;
    private int _next;

    public void Begin(bool isNew)
    {
        if (isNew) actions.Show(VoicePhase.Listening, null);
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
                actions.End(message.Text("reason") switch
                {
                    "expired" => VoiceEndReason.Continued,
                    "remote_hangup" => VoiceEndReason.Left,
                    _ => VoiceEndReason.Provider,
                });
                break;
            case "error":
                var error = message.Part("error");
                actions.Warn(
                    $"The provider reports {error.Text("code") ?? "an error"}: {Truncation.Truncate(error.Text("message") ?? "", 200)}");
                break;
            default:
                break;
        }
    }

    public void LookedUp(string item, string? found)
    {
        // Our answers include the knowledge, so there is no separate search.
    }

    public void ToolRan(string callId, string output)
    {
        foreach (var part in Parts(output))
            actions.Send(new JsonObject { ["type"] = "session.commentary.append", ["delegation_id"] = callId, ["content"] = part });
    }

    // GPT-Live accepts no typed messages, so we tell it what the visitor typed and send our own answer.
    public void Say(string item, string text)
    {
        EndUtterance();
        _visitorsWords.Add(text);
        actions.Send(new JsonObject { ["type"] = "session.instructions.append", ["content"] = $"The visitor has typed: {text}" });
        actions.Answer($"typed_{_next++}", text);
    }

    public void Talk(bool pressed) =>
        actions.Send(new JsonObject { ["type"] = pressed ? "session.input_audio.unmute" : "session.input_audio.mute" });

    public void Interrupt() => actions.Send(new JsonObject
    {
        ["type"] = "session.instructions.append",
        ["content"] = "The visitor wants you to stop speaking. Be quiet until they speak.",
    });

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
        var phase = speaker == Speaker.Visitor ? VoicePhase.Hearing : VoicePhase.Speaking;
        actions.Show(phase, new VoiceCaption(speaker, current, _transcript.TextOf(current)));
        actions.RunAfter(Pause, () =>
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
        actions.Show(VoicePhase.Listening, null);
        if (_pendingDelegation is { } delegation && current.Speaker == Speaker.Visitor)
        {
            _pendingDelegation = null;
            Answer(delegation);
        }
    }

    private void Delegated(string delegation)
    {
        // The transcript of the question may still be incomplete.
        if (_current?.Speaker == Speaker.Visitor) EndUtterance();
        actions.Show(VoicePhase.Thinking, null);
        if (_visitorsWords.Count > 0) Answer(delegation);
        else _pendingDelegation = delegation;
    }

    private void Answer(string delegation) => actions.Answer(delegation, _visitorsWords[^1]);

    private void Usage(JsonElement usage)
    {
        if (usage.Number("seconds") is { } seconds) actions.SetUsage("provider_seconds", seconds);
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

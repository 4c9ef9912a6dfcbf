using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// Runs a conversation with GPT-Live, which listens and speaks at the same time and handles turns itself. It sends transcripts in fragments
/// and does not mark the end of an utterance, so here an utterance ends when the speaker changes or pauses. When GPT-Live delegates, the
/// event (<c>session.delegation.created</c>) does not contain the question, so we answer the visitor's last utterance.
/// </summary>
internal sealed class GptLiveDialogue(IDialogueActions actions) : IVoiceDialogue
{
    /// <summary>A pause of this length ends an utterance.</summary>
    private static readonly TimeSpan EndOfUtterance = TimeSpan.FromSeconds(2);

    /// <summary>How many of the visitor's utterances to remember.</summary>
    private const int MaxRecentUtterances = 3;

    /// <summary>Characters per message. The provider accepts 500 tokens, and this is well below that in any language.</summary>
    private const int MaxCommentaryLength = 900;

    private readonly Transcript _transcript = new(actions.LogUtterance);

    /// <summary>The visitor's latest utterances, oldest first.</summary>
    private readonly List<string> _visitorUtterances = [];

    /// <summary>The utterance in progress. Its version counts its fragments.</summary>
    private (Speaker Speaker, string Item, int Version)? _current;

    /// <summary>A delegation that arrived before the transcript of its question.</summary>
    private string? _pendingDelegation;

    private int _nextId;

    public void Start(bool isNew)
    {
        if (isNew) actions.ShowState(VoicePhase.Listening, null);
    }

    public void HandleEvent(JsonElement message)
    {
        switch (message.Text("type"))
        {
            case "session.input_transcript.delta":
                HandleTranscript(Speaker.Visitor, message.Text("delta"));
                break;
            case "session.output_transcript.delta":
                HandleTranscript(Speaker.Assistant, message.Text("delta"));
                break;
            case "session.delegation.created":
                if (message.Part("delegation").Text("id") is { } delegation) HandleDelegation(delegation);
                break;
            case "session.usage.updated":
                SetUsage(message.Part("usage"));
                break;
            case "session.closed":
                SetUsage(message.Part("usage"));
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

    public void HandleSearchResult(string item, string? result)
    {
        // This dialogue starts no searches: our answers already use the knowledge base.
    }

    public void HandleToolResult(string callId, string output)
    {
        foreach (var part in SplitAtSentences(output))
            actions.Send(new JsonObject { ["type"] = "session.commentary.append", ["delegation_id"] = callId, ["content"] = part });
    }

    // GPT-Live accepts no typed messages. We tell it what the visitor typed, and it speaks our answer.
    public void HandleTypedMessage(string item, string text)
    {
        EndUtterance();
        _visitorUtterances.Add(text);
        actions.Send(new JsonObject { ["type"] = "session.instructions.append", ["content"] = $"The visitor has typed: {text}" });
        actions.AnswerQuestion($"typed_{_nextId++}", text);
    }

    public void HandlePushToTalk(bool pressed) =>
        actions.Send(new JsonObject { ["type"] = pressed ? "session.input_audio.unmute" : "session.input_audio.mute" });

    public void Interrupt() => actions.Send(new JsonObject
    {
        ["type"] = "session.instructions.append",
        ["content"] = "The visitor wants you to stop speaking. Be quiet until they speak.",
    });

    public void Close() => _transcript.CompleteAll((_, speaker) => speaker == Speaker.Assistant && _current?.Speaker == Speaker.Assistant);

    private void HandleTranscript(Speaker speaker, string? delta)
    {
        if (string.IsNullOrEmpty(delta)) return;
        if (_current?.Speaker != speaker)
        {
            EndUtterance();
            var item = $"said_{_nextId++}";
            _transcript.Add(item, speaker, after: null);
            _current = (speaker, item, 0);
        }

        var (_, current, version) = _current!.Value;
        _current = (speaker, current, version + 1);
        _transcript.Append(current, delta);
        var phase = speaker == Speaker.Visitor ? VoicePhase.Hearing : VoicePhase.Speaking;
        actions.ShowState(phase, new VoiceCaption(speaker, current, _transcript.TextOf(current)));
        actions.RunAfter(EndOfUtterance, () =>
        {
            if (_current is { } latest && latest.Item == current && latest.Version == version + 1) EndUtterance();
        });
    }

    private void EndUtterance()
    {
        if (_current is not { } current) return;
        _current = null;
        if (current.Speaker == Speaker.Visitor)
        {
            _visitorUtterances.Add(_transcript.TextOf(current.Item).Trim());
            if (_visitorUtterances.Count > MaxRecentUtterances) _visitorUtterances.RemoveAt(0);
        }

        _transcript.Complete(current.Item);
        actions.ShowState(VoicePhase.Listening, null);
        if (_pendingDelegation is { } delegation && current.Speaker == Speaker.Visitor)
        {
            _pendingDelegation = null;
            AnswerDelegation(delegation);
        }
    }

    private void HandleDelegation(string delegation)
    {
        // The transcript of the question may still be incomplete.
        if (_current?.Speaker == Speaker.Visitor) EndUtterance();
        actions.ShowState(VoicePhase.Thinking, null);
        if (_visitorUtterances.Count > 0) AnswerDelegation(delegation);
        else _pendingDelegation = delegation;
    }

    private void AnswerDelegation(string delegation) => actions.AnswerQuestion(delegation, _visitorUtterances[^1]);

    private void SetUsage(JsonElement usage)
    {
        if (usage.Number("seconds") is { } seconds) actions.SetUsage("provider_seconds", seconds);
    }

    private static IEnumerable<string> SplitAtSentences(string text)
    {
        while (text.Length > MaxCommentaryLength)
        {
            var end = text.LastIndexOf(". ", MaxCommentaryLength, StringComparison.Ordinal);
            if (end <= 0) end = text.LastIndexOf(' ', MaxCommentaryLength);
            if (end <= 0) end = MaxCommentaryLength - 1;
            yield return text[..(end + 1)].Trim();
            text = text[(end + 1)..].TrimStart();
        }

        if (text.Trim().Length > 0) yield return text.Trim();
    }
}

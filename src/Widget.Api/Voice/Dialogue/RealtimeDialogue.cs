using System.Text.Json.Nodes;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Providers;
using Widget.Contracts;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// Runs a conversation over OpenAI's Realtime events. The provider detects the end of the visitor's turn and transcribes it. This class
/// searches the knowledge base and then requests one reply per turn. It requests no reply while another one is being created, while the
/// visitor speaks, or while a tool runs.
/// </summary>
internal sealed partial class RealtimeDialogue : IVoiceDialogue
{
    /// <summary>
    /// How long the log waits for the transcript of what the visitor said. Later lines wait too, which keeps the order.
    /// </summary>
    private static readonly TimeSpan LogTranscriptTimeout = TimeSpan.FromSeconds(6);

    /// <summary>After this many rounds of tool calls in one turn, the model must reply without tools.</summary>
    private const int MaxToolRounds = 4;

    /// <summary>After more errors from the provider than this, the call ends.</summary>
    private const int MaxErrors = 30;

    private readonly VoicePlan _plan;
    private readonly VoiceTimings _timings;
    private readonly bool _isRelayed;
    private readonly JsonObject? _setup;
    private readonly IDialogueActions _actions;
    private readonly Transcript _transcript;
    private readonly Playback _playback;
    private readonly HashSet<string> _ownItems = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toolCalls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toolsRunning = new(StringComparer.Ordinal);

    /// <summary>The item of the visitor's current turn.</summary>
    private string? _turn;

    /// <summary>What the reply to the current turn still waits for.</summary>
    private WaitingFor _waitingFor;

    /// <summary>A reply is needed and not requested yet.</summary>
    private bool _replyNeeded;

    /// <summary>A reply was requested and the provider has not started it yet.</summary>
    private bool _replyRequested;

    /// <summary>The reply that the provider is creating; null for none.</summary>
    private string? _activeReply;

    /// <summary>The visitor is speaking.</summary>
    private bool _visitorSpeaks;

    private int _toolRounds;
    private int _errors;
    private int _nextId;

    /// <summary>The item that holds the latest search result.</summary>
    private string? _knowledgeItem;

    /// <param name="plan">The call's configuration.</param>
    /// <param name="timings">How long to wait.</param>
    /// <param name="setup">The session to send; null when the provider has it already.</param>
    /// <param name="isRelayed">
    /// Whether the visitor's page relays the events. Such a page may change the session, so the session is not checked.
    /// </param>
    /// <param name="actions">What the dialogue can do.</param>
    public RealtimeDialogue(VoicePlan plan, VoiceTimings timings, JsonObject? setup, bool isRelayed, IDialogueActions actions)
    {
        (_plan, _timings, _setup, _isRelayed, _actions) = (plan, timings, setup, isRelayed, actions);
        _transcript = new Transcript(actions.LogUtterance);
        _playback = new Playback(actions, _transcript);
    }

    private enum WaitingFor
    {
        Nothing,
        Transcript,
        Search,
    }

    public void Start(bool isNew)
    {
        if (!isNew) return;
        if (_setup is not null) _actions.Send(new JsonObject { ["type"] = "session.update", ["session"] = _setup.DeepClone() });
        for (var i = 0; i < _plan.Thread.Count; i++) _actions.Send(RealtimeSession.Seed(_plan.Thread[i], RegisterOwnItem($"before_{i}")));
        _actions.ShowState(VoicePhase.Listening, null);
    }

    public void HandleSearchResult(string item, string? result)
    {
        if (result is not null)
        {
            // Delete the result of the earlier turn. It is no longer needed, and every reply pays for its tokens.
            if (_knowledgeItem is not null)
                _actions.Send(new JsonObject { ["type"] = "conversation.item.delete", ["item_id"] = _knowledgeItem });
            _knowledgeItem = RegisterOwnItem($"found_{_nextId++}");
            _actions.Send(RealtimeSession.Message(_knowledgeItem, "system", "input_text", result));
        }

        if (item == _turn && _waitingFor == WaitingFor.Search) RequestReply();
    }

    public void HandleToolResult(string callId, string output)
    {
        if (!_toolsRunning.Remove(callId)) return;
        _actions.Send(new JsonObject
        {
            ["type"] = "conversation.item.create",
            ["item"] = new JsonObject { ["type"] = "function_call_output", ["call_id"] = callId, ["output"] = output },
        });
        // One reply for all tools.
        if (_toolsRunning.Count == 0) RequestReply();
    }

    public void HandleTypedMessage(string item, string text)
    {
        StopSpeaking();
        var id = RegisterOwnItem($"typed_{_nextId++}");
        _actions.Send(RealtimeSession.Message(id, "user", "input_text", text));
        BeginTurn(id);
        Search(id, text);
    }

    public void HandlePushToTalk(bool pressed)
    {
        if (_plan.Turns != TurnTaking.PushToTalk) return;
        if (pressed)
        {
            StopSpeaking();
            _actions.Send(new JsonObject { ["type"] = "input_audio_buffer.clear" });
            _visitorSpeaks = true;
            _actions.ShowState(VoicePhase.Hearing, null);
        }
        else if (_visitorSpeaks)
        {
            _visitorSpeaks = false;
            _actions.Send(new JsonObject { ["type"] = "input_audio_buffer.commit" });
            _actions.ShowState(VoicePhase.Thinking, null);
        }
    }

    public void Interrupt()
    {
        StopSpeaking();
        (_turn, _waitingFor, _replyNeeded) = (null, WaitingFor.Nothing, false);
        _actions.ShowState(VoicePhase.Listening, null);
    }

    public void Close() => _transcript.CompleteAll((item, speaker) => speaker == Speaker.Assistant && _playback.IsUnfinished(item));

    private void StopSpeaking()
    {
        if (_activeReply is not null || _replyRequested) _actions.Send(new JsonObject { ["type"] = "response.cancel" });
        if (_playback.IsAudioPlaying || _activeReply is not null) _actions.Send(new JsonObject { ["type"] = "output_audio_buffer.clear" });
    }

    private void BeginTurn(string item)
    {
        (_turn, _replyNeeded, _toolRounds) = (item, false, 0);
        _playback.OnVisitorTurnStarted();
    }

    // Searches the knowledge base. The reply waits for the result, up to a timeout.
    private void Search(string item, string text)
    {
        _waitingFor = WaitingFor.Search;
        _actions.ShowState(VoicePhase.Thinking, null);
        _actions.SearchKnowledge(item, text);
        _actions.RunAfter(_timings.SearchTimeout, () =>
        {
            if (_turn == item && _waitingFor == WaitingFor.Search) RequestReply();
        });
    }

    private void RequestReply()
    {
        (_waitingFor, _replyNeeded) = (WaitingFor.Nothing, true);
        SendReplyRequest();
    }

    // Sends the request if a reply is needed and nothing else is in progress. Only this method requests replies.
    private void SendReplyRequest()
    {
        if (!_replyNeeded || IsBusy) return;
        (_replyNeeded, _replyRequested) = (false, true);
        var request = new JsonObject { ["type"] = "response.create", ["event_id"] = $"reply_{_nextId++}" };
        if (_toolRounds > MaxToolRounds) request["response"] = new JsonObject { ["tool_choice"] = "none" };
        _actions.Send(request);
        _actions.ShowState(VoicePhase.Thinking, null);
    }

    private bool IsBusy =>
        _replyRequested || _activeReply is not null || _visitorSpeaks || _toolsRunning.Count > 0 || _waitingFor != WaitingFor.Nothing;

    // The provider also sends an event about each item that we add. Remember its id, so that it is not logged as an utterance.
    private string RegisterOwnItem(string id)
    {
        _ownItems.Add(id);
        return id;
    }
}

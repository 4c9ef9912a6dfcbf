using System.Text.Json.Nodes;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Providers;
using Widget.Contracts;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// A conversation by OpenAI's Realtime events. The provider finds out when the visitor has finished and writes down what they said; everything else is
/// decided here: what is looked up first, when a reply is asked for, and that it is asked for once. Nothing is asked for while a reply is being made,
/// while the visitor speaks, or while a tool runs.
/// </summary>
internal sealed partial class RealtimeDialogue : IVoiceDialogue
{
    /// <summary>How long the log waits for the visitor's words before it goes on without them.</summary>
    private static readonly TimeSpan WaitForTranscript = TimeSpan.FromSeconds(6);

    /// <summary>More tools than this for one turn, and the model turns in circles.</summary>
    private const int MostRounds = 4;

    private const int MostErrors = 30;

    private readonly VoicePlan _plan;
    private readonly VoiceTimings _timings;
    private readonly bool _isRelayed;
    private readonly JsonObject? _setup;
    private readonly IVoiceStage _stage;
    private readonly Transcript _transcript;
    private readonly Playback _playback;
    private readonly HashSet<string> _own = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toolCalls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toolsRunning = new(StringComparer.Ordinal);

    /// <summary>The visitor's turn that waits for its reply, and for what it still waits.</summary>
    private string? _turn;
    private Waiting _waiting;
    private bool _wanted;
    private bool _requested;
    private string? _active;
    private bool _hearing;
    private int _rounds;
    private int _errors;
    private int _next;
    private string? _knowledge;

    /// <param name="plan">What the provider was told.</param>
    /// <param name="timings">How long to wait for what.</param>
    /// <param name="setup">The session, for a provider that is told it over the line; null for one that was told before.</param>
    /// <param name="isRelayed">The visitor's page passes events on. It can do with the session what it likes, so that is not held against it.</param>
    /// <param name="stage">What can be brought about.</param>
    public RealtimeDialogue(VoicePlan plan, VoiceTimings timings, JsonObject? setup, bool isRelayed, IVoiceStage stage)
    {
        (_plan, _timings, _setup, _isRelayed, _stage) = (plan, timings, setup, isRelayed, stage);
        _transcript = new Transcript(stage.Log);
        _playback = new Playback(stage, _transcript);
    }

    private enum Waiting
    {
        Nothing,
        Words,
        Knowledge,
    }

    public void Begin(bool isNew)
    {
        if (!isNew) return;
        if (_setup is not null) _stage.Send(new JsonObject { ["type"] = "session.update", ["session"] = _setup.DeepClone() });
        for (var i = 0; i < _plan.Thread.Count; i++) _stage.Send(RealtimeSession.Seed(_plan.Thread[i], Own($"before_{i}")));
        _stage.Show(VoicePhase.Listening, null);
    }

    public void LookedUp(string item, string? found)
    {
        if (found is not null)
        {
            // What was found for an earlier turn has done its work and would be paid for with every further reply.
            if (_knowledge is not null) _stage.Send(new JsonObject { ["type"] = "conversation.item.delete", ["item_id"] = _knowledge });
            _knowledge = Own($"found_{_next++}");
            _stage.Send(RealtimeSession.Message(_knowledge, "system", "input_text", found));
        }

        if (item == _turn && _waiting == Waiting.Knowledge) WantReply();
    }

    public void ToolRan(string callId, string output)
    {
        if (!_toolsRunning.Remove(callId)) return;
        _stage.Send(new JsonObject
        {
            ["type"] = "conversation.item.create",
            ["item"] = new JsonObject { ["type"] = "function_call_output", ["call_id"] = callId, ["output"] = output },
        });
        // One reply for all of them.
        if (_toolsRunning.Count == 0) WantReply();
    }

    public void Say(string item, string text)
    {
        StopSpeaking();
        var id = Own($"typed_{_next++}");
        _stage.Send(RealtimeSession.Message(id, "user", "input_text", text));
        BeginTurn(id);
        Ask(id, text);
    }

    public void Talk(bool pressed)
    {
        if (_plan.Turns != TurnTaking.PushToTalk) return;
        if (pressed)
        {
            StopSpeaking();
            _stage.Send(new JsonObject { ["type"] = "input_audio_buffer.clear" });
            _hearing = true;
            _stage.Show(VoicePhase.Hearing, null);
        }
        else if (_hearing)
        {
            _hearing = false;
            _stage.Send(new JsonObject { ["type"] = "input_audio_buffer.commit" });
            _stage.Show(VoicePhase.Thinking, null);
        }
    }

    public void Interrupt()
    {
        StopSpeaking();
        // What was wanted is not wanted any more.
        (_turn, _waiting, _wanted) = (null, Waiting.Nothing, false);
        _stage.Show(VoicePhase.Listening, null);
    }

    public void Close() => _transcript.SettleAll((item, speaker) => speaker == Speaker.Assistant && _playback.IsPlaying(item));

    private void StopSpeaking()
    {
        if (_active is not null || _requested) _stage.Send(new JsonObject { ["type"] = "response.cancel" });
        if (_playback.IsSounding || _active is not null) _stage.Send(new JsonObject { ["type"] = "output_audio_buffer.clear" });
    }

    private void BeginTurn(string item)
    {
        (_turn, _wanted, _rounds) = (item, false, 0);
        _playback.VisitorSpoke();
    }

    private void Ask(string item, string words)
    {
        _waiting = Waiting.Knowledge;
        _stage.Show(VoicePhase.Thinking, null);
        _stage.LookUp(item, words);
        _stage.After(_timings.Knowledge, () =>
        {
            if (_turn == item && _waiting == Waiting.Knowledge) WantReply();
        });
    }

    private void WantReply()
    {
        (_waiting, _wanted) = (Waiting.Nothing, true);
        TryReply();
    }

    // The one place that asks for replies.
    private void TryReply()
    {
        if (!_wanted || _requested || _active is not null || _hearing || _toolsRunning.Count > 0 || _waiting != Waiting.Nothing) return;
        (_wanted, _requested) = (false, true);
        var request = new JsonObject { ["type"] = "response.create", ["event_id"] = $"reply_{_next++}" };
        if (_rounds > MostRounds) request["response"] = new JsonObject { ["tool_choice"] = "none" };
        _stage.Send(request);
        _stage.Show(VoicePhase.Thinking, null);
    }

    private string Own(string id)
    {
        _own.Add(id);
        return id;
    }
}

using System.Text.Json;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Voice.Dialogue;

/// <summary>Handles the provider's events. Unknown types are ignored, because providers add new ones.</summary>
internal sealed partial class RealtimeDialogue
{
    /// <summary>The id of a reply for which the provider sent none.</summary>
    private const string UnknownReply = "unnamed";

    public void HandleEvent(JsonElement message)
    {
        switch (message.Text("type"))
        {
            case "session.updated":
                CheckSession(message.Part("session"));
                break;
            case "input_audio_buffer.speech_started":
                _visitorSpeaks = true;
                _actions.ShowState(VoicePhase.Hearing, null);
                break;
            case "input_audio_buffer.speech_stopped":
                _visitorSpeaks = false;
                _actions.ShowState(VoicePhase.Thinking, null);
                break;
            case "input_audio_buffer.committed":
                CommitTurn(message);
                break;
            case "conversation.item.added" or "conversation.item.created":
                AddItem(message.Part("item"), message.Text("previous_item_id"));
                break;
            case "conversation.item.input_audio_transcription.delta":
                if (message.Text("item_id") is { } spoken) Caption(spoken, Speaker.Visitor, message.Text("delta"));
                break;
            case "conversation.item.input_audio_transcription.completed":
                HandleTranscript(message);
                break;
            case "conversation.item.input_audio_transcription.failed":
                HandleMissingTranscript(message.Text("item_id"));
                break;
            case "conversation.item.truncated":
                _playback.OnItemTruncated(message.Text("item_id"), message.Number("audio_end_ms") ?? 0);
                break;
            case "conversation.item.retrieved":
                _playback.OnItemRetrieved(message.Part("item"));
                break;
            case "response.created":
                (_replyRequested, _activeReply) = (false, message.Part("response").Text("id") ?? UnknownReply);
                break;
            case "response.output_item.added":
                AddReplyItem(message.Part("item"));
                break;
            case "response.output_audio_transcript.delta" or "response.output_text.delta":
                if (message.Text("item_id") is { } said) Caption(said, Speaker.Assistant, message.Text("delta"));
                break;
            case "response.output_audio_transcript.done" or "response.output_text.done":
                if (message.Text("item_id") is { } whole && (message.Text("transcript") ?? message.Text("text")) is { } text)
                    _playback.SetText(whole, text);
                break;
            case "output_audio_buffer.started":
                _playback.OnAudioStarted(message.Text("response_id"));
                break;
            case "output_audio_buffer.stopped":
                _playback.OnAudioStopped(message.Text("response_id"));
                ShowPhase();
                break;
            case "output_audio_buffer.cleared":
                _playback.OnAudioCleared(message.Text("response_id"));
                ShowPhase();
                break;
            case "response.done":
                CompleteReply(message.Part("response"));
                break;
            case "error":
                HandleError(message.Part("error"));
                break;
            default:
                break;
        }
    }

    // A manipulated page can change the model's instructions over its data channel.
    private void CheckSession(JsonElement session)
    {
        if (_isRelayed || session.ValueKind != JsonValueKind.Object) return;
        var tools = session.Part("tools").Items()
            .Select(tool => tool.Text("name") ?? tool.Text("type") ?? "")
            .Order(StringComparer.Ordinal);
        var expected = _plan.Tools.Select(tool => tool.Name).Order(StringComparer.Ordinal);
        if (session.Text("instructions") == _plan.Instructions && tools.SequenceEqual(expected, StringComparer.Ordinal)) return;
        _actions.Warn("The visitor's page changed the session.");
        _actions.End(VoiceEndReason.Tampered);
    }

    private void CommitTurn(JsonElement message)
    {
        if (message.Text("item_id") is not { } item) return;
        _visitorSpeaks = false;
        _transcript.Add(item, Speaker.Visitor, message.Text("previous_item_id"));
        BeginTurn(item);
        _actions.ShowState(VoicePhase.Thinking, null);
        if (_plan.TranscriptionModel is null)
        {
            _transcript.Complete(item);
            RequestReply();
            return;
        }

        _waitingFor = WaitingFor.Transcript;
        _actions.RunAfter(_timings.TranscriptTimeout, () =>
        {
            if (_turn == item && _waitingFor == WaitingFor.Transcript) RequestReply();
        });
        _actions.RunAfter(LogTranscriptTimeout, () => _transcript.Complete(item));
    }

    private void AddItem(JsonElement item, string? after)
    {
        if (item.Text("type") != "message" || item.Text("id") is not { } id || _ownItems.Contains(id)) return;
        if (item.Text("role") is "user") _transcript.Add(id, Speaker.Visitor, after);
        else if (item.Text("role") is "assistant") _transcript.Add(id, Speaker.Assistant, after);
    }

    private void HandleTranscript(JsonElement message)
    {
        if (message.Text("item_id") is not { } item) return;
        CountTranscription(message.Part("usage"));
        var words = (message.Text("transcript") ?? "").Trim();
        if (_transcript.IsOpen(item))
        {
            _transcript.Replace(item, words);
            var phase = _visitorSpeaks ? VoicePhase.Hearing : VoicePhase.Thinking;
            if (words.Length > 0) _actions.ShowState(phase, new VoiceCaption(Speaker.Visitor, item, words));
            _transcript.Complete(item);
        }
        else
        {
            _transcript.LogLate(item, Speaker.Visitor, words);
        }

        if (item != _turn || _waitingFor != WaitingFor.Transcript) return;
        if (words.Length > 0) Search(item, words);
        else RequestReply();
    }

    private void HandleMissingTranscript(string? item)
    {
        if (item is null) return;
        _transcript.Complete(item);
        if (item == _turn && _waitingFor == WaitingFor.Transcript) RequestReply();
    }

    private void AddReplyItem(JsonElement item)
    {
        if (item.Text("type") != "message" || item.Text("id") is not { } id) return;
        _transcript.Add(id, Speaker.Assistant, after: null);
        _playback.AddReply(_activeReply ?? "", id);
    }

    private void Caption(string item, Speaker speaker, string? delta)
    {
        if (string.IsNullOrEmpty(delta)) return;
        _transcript.Add(item, speaker, after: null);
        _transcript.Append(item, delta);
        if (speaker == Speaker.Assistant) _playback.AddReply(_activeReply ?? "", item);
        var phase = speaker == Speaker.Assistant ? VoicePhase.Speaking : _visitorSpeaks ? VoicePhase.Hearing : VoicePhase.Thinking;
        _actions.ShowState(phase, new VoiceCaption(speaker, item, _transcript.TextOf(item)));
    }

    private void CompleteReply(JsonElement response)
    {
        var id = response.Text("id");
        (_activeReply, _replyRequested) = (null, false);
        CountReply(response.Part("usage"));
        var status = response.Text("status");
        _playback.OnReplyDone(id ?? "", isInterrupted: status is "cancelled" or "incomplete");
        if (status == "completed") RunTools(response.Part("output"));
        else if (status == "failed") _actions.Warn($"A reply failed: {FailureOf(response.Part("status_details"))}.");
        ShowPhase();
        SendReplyRequest();
    }

    private static string FailureOf(JsonElement details) =>
        details.Part("error").Text("code") ?? details.Text("reason") ?? "unknown reason";

    private void RunTools(JsonElement output)
    {
        var calls = output.Items()
            .Where(item => item.Text("type") == "function_call")
            .Select(item => (Id: item.Text("call_id"), Name: item.Text("name"), Arguments: item.Text("arguments") ?? "{}"))
            .Where(call => call is { Id: not null, Name: not null } && _toolCalls.Add(call.Id))
            .ToList();
        if (calls.Count == 0) return;
        _toolRounds++;
        foreach (var call in calls) _toolsRunning.Add(call.Id!);
        foreach (var call in calls) _actions.RunTool(call.Id!, call.Name!, call.Arguments);
    }

    private void ShowPhase() => _actions.ShowState(
        _playback.IsAudioPlaying ? VoicePhase.Speaking
        : _visitorSpeaks ? VoicePhase.Hearing
        : IsBusy || _replyNeeded ? VoicePhase.Thinking
        : VoicePhase.Listening,
        null);

    private void HandleError(JsonElement error)
    {
        var code = error.Text("code") ?? error.Text("type") ?? "unknown";
        switch (code)
        {
            case "session_expired":
                _actions.End(VoiceEndReason.Continued);
                return;
            case "conversation_already_has_active_response":
                // The provider may have started a reply itself. Request ours when that one is done.
                (_replyRequested, _replyNeeded, _activeReply) = (false, true, _activeReply ?? UnknownReply);
                return;
            case "response_cancel_not_active":
                return;
            default:
                break;
        }

        _actions.Warn($"The provider reports {code}: {Truncation.Truncate(error.Text("message") ?? "", 200)}");
        if (error.Text("event_id")?.StartsWith("reply_", StringComparison.Ordinal) == true) _replyRequested = false;
        if (++_errors > MaxErrors) _actions.End(VoiceEndReason.Provider);
    }

    private void CountReply(JsonElement usage)
    {
        var (input, output) = (usage.Part("input_token_details"), usage.Part("output_token_details"));
        _actions.AddUsage("input_text_tokens", input.Number("text_tokens") ?? 0);
        _actions.AddUsage("input_audio_tokens", input.Number("audio_tokens") ?? 0);
        _actions.AddUsage("cached_tokens", input.Number("cached_tokens") ?? 0);
        _actions.AddUsage("output_text_tokens", output.Number("text_tokens") ?? 0);
        _actions.AddUsage("output_audio_tokens", output.Number("audio_tokens") ?? 0);
        _actions.AddUsage("total_tokens", usage.Number("total_tokens") ?? 0);
    }

    private void CountTranscription(JsonElement usage)
    {
        _actions.AddUsage("transcription_tokens", usage.Number("total_tokens") ?? 0);
        _actions.AddUsage("transcription_seconds", usage.Number("seconds") ?? 0);
    }
}

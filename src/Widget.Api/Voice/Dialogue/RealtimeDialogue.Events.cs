using System.Text.Json;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Voice.Dialogue;

/// <summary>What comes from the provider. A kind that is not known here is passed over, so that newer ones do no harm.</summary>
internal sealed partial class RealtimeDialogue
{
    public void Hear(JsonElement message)
    {
        switch (message.Text("type"))
        {
            case "session.updated":
                CheckSession(message.Part("session"));
                break;
            case "input_audio_buffer.speech_started":
                _hearing = true;
                _stage.Show(VoicePhase.Hearing, null);
                break;
            case "input_audio_buffer.speech_stopped":
                _hearing = false;
                _stage.Show(VoicePhase.Thinking, null);
                break;
            case "input_audio_buffer.committed":
                Committed(message);
                break;
            case "conversation.item.added" or "conversation.item.created":
                ItemAdded(message.Part("item"), message.Text("previous_item_id"));
                break;
            case "conversation.item.input_audio_transcription.delta":
                if (message.Text("item_id") is { } spoken) Caption(spoken, Speaker.Visitor, message.Text("delta"));
                break;
            case "conversation.item.input_audio_transcription.completed":
                WordsArrived(message);
                break;
            case "conversation.item.input_audio_transcription.failed":
                WordsFailed(message.Text("item_id"));
                break;
            case "conversation.item.truncated":
                _playback.Truncated(message.Text("item_id"), message.Number("audio_end_ms") ?? 0);
                break;
            case "conversation.item.retrieved":
                _playback.Retrieved(message.Part("item"));
                break;
            case "response.created":
                (_requested, _active) = (false, message.Part("response").Text("id") ?? "unnamed");
                break;
            case "response.output_item.added":
                ReplyItem(message.Part("item"));
                break;
            case "response.output_audio_transcript.delta" or "response.output_text.delta":
                if (message.Text("item_id") is { } said) Caption(said, Speaker.Assistant, message.Text("delta"));
                break;
            case "response.output_audio_transcript.done" or "response.output_text.done":
                if (message.Text("item_id") is { } whole && (message.Text("transcript") ?? message.Text("text")) is { } text) _playback.Wrote(whole, text);
                break;
            case "output_audio_buffer.started":
                _playback.Started(message.Text("response_id"));
                break;
            case "output_audio_buffer.stopped":
                _playback.Stopped(message.Text("response_id"));
                ShowRest();
                break;
            case "output_audio_buffer.cleared":
                _playback.Cleared(message.Text("response_id"));
                ShowRest();
                break;
            case "response.done":
                ReplyDone(message.Part("response"));
                break;
            case "error":
                Error(message.Part("error"));
                break;
            default:
                break;
        }
    }

    // A page that has the channel can change what the model is told. Nobody but it would.
    private void CheckSession(JsonElement session)
    {
        if (_isRelayed || session.ValueKind != JsonValueKind.Object) return;
        var tools = session.Part("tools").Items().Select(tool => tool.Text("name") ?? tool.Text("type") ?? "").Order(StringComparer.Ordinal);
        if (session.Text("instructions") == _plan.Instructions && tools.SequenceEqual(_plan.Tools.Select(tool => tool.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal)) return;
        _stage.Note("The session was changed from the visitor's page.");
        _stage.End(VoiceEndReason.Tampered);
    }

    private void Committed(JsonElement message)
    {
        if (message.Text("item_id") is not { } item) return;
        _hearing = false;
        _transcript.Add(item, Speaker.Visitor, message.Text("previous_item_id"));
        BeginTurn(item);
        _stage.Show(VoicePhase.Thinking, null);
        if (_plan.TranscriptionModel is null)
        {
            _transcript.Settle(item);
            WantReply();
            return;
        }

        _waiting = Waiting.Words;
        _stage.After(_timings.Words, () =>
        {
            if (_turn == item && _waiting == Waiting.Words) WantReply();
        });
        _stage.After(WaitForTranscript, () => _transcript.Settle(item));
    }

    private void ItemAdded(JsonElement item, string? after)
    {
        if (item.Text("type") != "message" || item.Text("id") is not { } id || _own.Contains(id)) return;
        if (item.Text("role") is "user") _transcript.Add(id, Speaker.Visitor, after);
        else if (item.Text("role") is "assistant") _transcript.Add(id, Speaker.Assistant, after);
    }

    private void WordsArrived(JsonElement message)
    {
        if (message.Text("item_id") is not { } item) return;
        CountTranscription(message.Part("usage"));
        var words = (message.Text("transcript") ?? "").Trim();
        if (_transcript.IsOpen(item))
        {
            _transcript.Replace(item, words);
            if (words.Length > 0) _stage.Show(_hearing ? VoicePhase.Hearing : VoicePhase.Thinking, new VoiceCaption(Speaker.Visitor, item, words));
            _transcript.Settle(item);
        }
        else
        {
            _transcript.Late(item, Speaker.Visitor, words);
        }

        if (item != _turn || _waiting != Waiting.Words) return;
        if (words.Length > 0) Ask(item, words);
        else WantReply();
    }

    private void WordsFailed(string? item)
    {
        if (item is null) return;
        _transcript.Settle(item);
        if (item == _turn && _waiting == Waiting.Words) WantReply();
    }

    private void ReplyItem(JsonElement item)
    {
        if (item.Text("type") != "message" || item.Text("id") is not { } id) return;
        _transcript.Add(id, Speaker.Assistant, after: null);
        _playback.Begun(_active ?? "", id);
    }

    private void Caption(string item, Speaker speaker, string? delta)
    {
        if (string.IsNullOrEmpty(delta)) return;
        _transcript.Add(item, speaker, after: null);
        _transcript.Append(item, delta);
        if (speaker == Speaker.Assistant) _playback.Begun(_active ?? "", item);
        _stage.Show(speaker == Speaker.Assistant ? VoicePhase.Speaking : _hearing ? VoicePhase.Hearing : VoicePhase.Thinking, new VoiceCaption(speaker, item, _transcript.TextOf(item)));
    }

    private void ReplyDone(JsonElement response)
    {
        var id = response.Text("id");
        (_active, _requested) = (null, false);
        CountReply(response.Part("usage"));
        var status = response.Text("status");
        _playback.Done(id ?? "", wasCut: status is "cancelled" or "incomplete");
        if (status == "completed") RunTools(response.Part("output"));
        else if (status == "failed") _stage.Note($"A reply failed: {response.Part("status_details").Part("error").Text("code") ?? response.Part("status_details").Text("reason") ?? "no reason told"}.");
        ShowRest();
        TryReply();
    }

    private void RunTools(JsonElement output)
    {
        var calls = output.Items()
            .Where(item => item.Text("type") == "function_call")
            .Select(item => (Id: item.Text("call_id"), Name: item.Text("name"), Arguments: item.Text("arguments") ?? "{}"))
            .Where(call => call is { Id: not null, Name: not null } && _toolCalls.Add(call.Id))
            .ToList();
        if (calls.Count == 0) return;
        _rounds++;
        foreach (var call in calls) _toolsRunning.Add(call.Id!);
        foreach (var call in calls) _stage.RunTool(call.Id!, call.Name!, call.Arguments);
    }

    private void ShowRest()
    {
        if (_playback.IsSounding) _stage.Show(VoicePhase.Speaking, null);
        else if (_hearing) _stage.Show(VoicePhase.Hearing, null);
        else if (_active is not null || _requested || _wanted || _waiting != Waiting.Nothing || _toolsRunning.Count > 0) _stage.Show(VoicePhase.Thinking, null);
        else _stage.Show(VoicePhase.Listening, null);
    }

    private void Error(JsonElement error)
    {
        var code = error.Text("code") ?? error.Text("type") ?? "unknown";
        switch (code)
        {
            case "session_expired":
                _stage.End(VoiceEndReason.Continued);
                return;
            case "conversation_already_has_active_response":
                // Another one is being made, perhaps begun by the provider itself; ours comes when that is done.
                (_requested, _wanted, _active) = (false, true, _active ?? "unnamed");
                return;
            case "response_cancel_not_active":
                return;
            default:
                break;
        }

        _stage.Note($"The provider reports {code}: {Truncation.Truncate(error.Text("message") ?? "", 200)}");
        if (error.Text("event_id")?.StartsWith("reply_", StringComparison.Ordinal) == true) _requested = false;
        if (++_errors > MostErrors) _stage.End(VoiceEndReason.Provider);
    }

    private void CountReply(JsonElement usage)
    {
        var (input, output) = (usage.Part("input_token_details"), usage.Part("output_token_details"));
        _stage.Count("input_text_tokens", input.Number("text_tokens") ?? 0);
        _stage.Count("input_audio_tokens", input.Number("audio_tokens") ?? 0);
        _stage.Count("cached_tokens", input.Number("cached_tokens") ?? 0);
        _stage.Count("output_text_tokens", output.Number("text_tokens") ?? 0);
        _stage.Count("output_audio_tokens", output.Number("audio_tokens") ?? 0);
        _stage.Count("total_tokens", usage.Number("total_tokens") ?? 0);
    }

    private void CountTranscription(JsonElement usage)
    {
        _stage.Count("transcription_tokens", usage.Number("total_tokens") ?? 0);
        _stage.Count("transcription_seconds", usage.Number("seconds") ?? 0);
    }
}

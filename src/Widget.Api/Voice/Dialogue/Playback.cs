using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Voice.Providers;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// Tracks which part of the assistant's replies the visitor heard. The text of a reply is complete long before its audio, and the visitor
/// can interrupt the audio. The log must contain only what was heard. After an interruption, the provider reports the time and, on request,
/// the text.
/// </summary>
internal sealed class Playback(IDialogueActions actions, Transcript transcript)
{
    /// <summary>How long to wait for the provider's text of an interrupted reply.</summary>
    private static readonly TimeSpan RetrievalTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>The speaking rate for estimates: about 150 words a minute.</summary>
    private const double CharactersPerSecond = 15;

    /// <summary>Added to the estimated duration of a reply.</summary>
    private static readonly TimeSpan EstimateMargin = TimeSpan.FromSeconds(4);

    private readonly Dictionary<string, Reply> _replies = new(StringComparer.Ordinal);
    private string? _playingResponse;

    public bool IsAudioPlaying => _playingResponse is not null;

    /// <summary>Whether a reply may not have been played to its end.</summary>
    public bool IsUnfinished(string item) => _replies.TryGetValue(item, out var reply) && !reply.IsFinished;

    /// <summary>The provider started a reply.</summary>
    public void AddReply(string response, string item) => _replies.TryAdd(item, new Reply(response, item));

    /// <summary>The text of a reply is complete.</summary>
    public void SetText(string item, string text)
    {
        // Keep the shorter text of a reply that was interrupted meanwhile.
        if (_replies.TryGetValue(item, out var reply) && !reply.IsInterrupted) transcript.Replace(item, text);
    }

    public void OnAudioStarted(string? response) => _playingResponse = response ?? "";

    public void OnAudioStopped(string? response)
    {
        _playingResponse = null;
        foreach (var reply in RepliesOf(response).Where(reply => !reply.IsInterrupted)) Finish(reply, interrupted: false);
    }

    public void OnAudioCleared(string? response)
    {
        _playingResponse = null;
        foreach (var reply in RepliesOf(response)) Interrupt(reply, heardLength: null);
    }

    /// <summary>The provider finished a reply. Its audio may still be playing.</summary>
    public void OnReplyDone(string response, bool isInterrupted)
    {
        foreach (var reply in RepliesOf(response))
        {
            if (isInterrupted)
            {
                Interrupt(reply, heardLength: null);
                continue;
            }

            // Some servers do not report the end of playback, so estimate it.
            var speaking = TimeSpan.FromSeconds(transcript.TextOf(reply.Item).Length / CharactersPerSecond) + EstimateMargin;
            actions.RunAfter(speaking, () => Finish(reply, interrupted: false));
        }
    }

    /// <summary>The visitor's next turn has started. A reply that was not interrupted and is not playing was heard to its end.</summary>
    public void OnVisitorTurnStarted()
    {
        var played = _replies.Values.Where(reply => !reply.IsInterrupted && reply.Response != _playingResponse).ToList();
        foreach (var reply in played) Finish(reply, interrupted: false);
    }

    public void OnItemTruncated(string? item, long heardMilliseconds)
    {
        if (item is null || !_replies.TryGetValue(item, out var reply)) return;
        Interrupt(reply, heardLength: (int)Math.Min(int.MaxValue, heardMilliseconds * CharactersPerSecond / 1000));
        actions.Send(new JsonObject { ["type"] = "conversation.item.retrieve", ["item_id"] = item });
    }

    public void OnItemRetrieved(JsonElement item)
    {
        if (item.Text("id") is not { } id || !_replies.TryGetValue(id, out var reply) || !reply.IsInterrupted) return;
        var heard = string.Concat(item.Part("content").Items().Select(part => part.Text("transcript") ?? part.Text("text") ?? ""));
        transcript.Replace(id, heard);
        Finish(reply, interrupted: true);
    }

    // The reply is finished when the provider reports what was heard, or after a timeout with an estimate.
    private void Interrupt(Reply reply, int? heardLength)
    {
        if (reply.IsFinished) return;
        reply.HeardLength = heardLength ?? reply.HeardLength;
        if (reply.IsInterrupted) return;
        reply.IsInterrupted = true;
        actions.RunAfter(RetrievalTimeout, () =>
        {
            if (reply.IsFinished) return;
            if (reply.HeardLength is { } length) transcript.Replace(reply.Item, TruncateAtWord(transcript.TextOf(reply.Item), length));
            Finish(reply, interrupted: true);
        });
    }

    private void Finish(Reply reply, bool interrupted)
    {
        if (reply.IsFinished) return;
        reply.IsFinished = true;
        transcript.Complete(reply.Item, interrupted);
        _replies.Remove(reply.Item);
    }

    private List<Reply> RepliesOf(string? response) =>
        [.. _replies.Values.Where(reply => response is null || reply.Response == response || reply.Response.Length == 0)];

    internal static string TruncateAtWord(string text, int length)
    {
        if (length >= text.Length) return text;
        if (length <= 0) return "";
        var end = text.LastIndexOf(' ', length);
        return end <= 0 ? "" : text[..end];
    }

    private sealed class Reply(string response, string item)
    {
        public string Response => response;

        public string Item => item;

        public bool IsInterrupted { get; set; }

        /// <summary>Whether the reply's line in the transcript is complete.</summary>
        public bool IsFinished { get; set; }

        /// <summary>The estimated number of characters that were heard; null when unknown.</summary>
        public int? HeardLength { get; set; }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Voice.Providers;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// Tracks how much of the assistant's replies was heard. The text of a reply is complete long before its audio, and the visitor can
/// interrupt the audio. The log must contain only what was heard. After an interruption, the provider reports the time and, on request, the
/// text.
/// </summary>
internal sealed class Playback(IDialogueActions actions, Transcript transcript)
{
    /// <summary>How long to wait for the provider's text of an interrupted reply.</summary>
    private static readonly TimeSpan WaitForRetrieval = TimeSpan.FromSeconds(1.5);

    /// <summary>Estimates what was heard when the provider does not report it: about 150 words a minute.</summary>
    private const double LettersPerSecond = 15;

    /// <summary>Added to the estimated duration of a reply.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(4);

    private readonly Dictionary<string, Reply> _replies = new(StringComparer.Ordinal);
    private string? _sounding;

    public bool IsSounding => _sounding is not null;

    /// <summary>Whether a reply is not known to have been heard to its end.</summary>
    public bool IsPlaying(string item) => _replies.TryGetValue(item, out var reply) && !reply.WasHeard;

    /// <summary>The provider started a reply.</summary>
    public void Begun(string response, string item) => _replies.TryAdd(item, new Reply(response, item));

    /// <summary>The text of a reply is complete.</summary>
    public void Wrote(string item, string text)
    {
        // Keep the shorter text of a reply that was interrupted meanwhile.
        if (_replies.TryGetValue(item, out var reply) && !reply.WasCut) transcript.Replace(item, text);
    }

    public void Started(string? response) => _sounding = response ?? "";

    public void Stopped(string? response)
    {
        _sounding = null;
        foreach (var reply in Of(response).Where(reply => !reply.WasCut)) Finish(reply, interrupted: false);
    }

    public void Cleared(string? response)
    {
        _sounding = null;
        foreach (var reply in Of(response)) Cut(reply, heard: null);
    }

    /// <summary>The provider finished a reply. Its audio may still be playing.</summary>
    public void Done(string response, bool wasCut)
    {
        foreach (var reply in Of(response))
        {
            if (wasCut)
            {
                Cut(reply, heard: null);
                continue;
            }

            // Some servers do not report the end of playback, so estimate it.
            var speaking = TimeSpan.FromSeconds(transcript.TextOf(reply.Item).Length / LettersPerSecond) + Slack;
            actions.RunAfter(speaking, () => Finish(reply, interrupted: false));
        }
    }

    /// <summary>The visitor's next turn has started, so earlier replies were heard or interrupted.</summary>
    public void VisitorSpoke()
    {
        var heard = _replies.Values.Where(reply => reply is { WasCut: false, WasHeard: false } && reply.Response != _sounding).ToList();
        foreach (var reply in heard) Finish(reply, interrupted: false);
    }

    public void Truncated(string? item, long heardMilliseconds)
    {
        if (item is null || !_replies.TryGetValue(item, out var reply)) return;
        Cut(reply, heard: (int)Math.Min(int.MaxValue, heardMilliseconds * LettersPerSecond / 1000));
        actions.Send(new JsonObject { ["type"] = "conversation.item.retrieve", ["item_id"] = item });
    }

    public void Retrieved(JsonElement item)
    {
        if (item.Text("id") is not { } id || !_replies.TryGetValue(id, out var reply) || !reply.WasCut) return;
        var heard = string.Concat(item.Part("content").Items().Select(part => part.Text("transcript") ?? part.Text("text") ?? ""));
        transcript.Replace(id, heard);
        Finish(reply, interrupted: true);
    }

    // Finishes when the provider reports what was heard, or after a while with an estimate.
    private void Cut(Reply reply, int? heard)
    {
        if (reply.WasHeard) return;
        reply.Heard = heard ?? reply.Heard;
        if (reply.WasCut) return;
        reply.WasCut = true;
        actions.RunAfter(WaitForRetrieval, () =>
        {
            if (reply.WasHeard) return;
            if (reply.Heard is { } letters) transcript.Replace(reply.Item, UpToWord(transcript.TextOf(reply.Item), letters));
            Finish(reply, interrupted: true);
        });
    }

    private void Finish(Reply reply, bool interrupted)
    {
        if (reply.WasHeard) return;
        reply.WasHeard = true;
        transcript.Settle(reply.Item, interrupted);
        _replies.Remove(reply.Item);
    }

    private List<Reply> Of(string? response) =>
        [.. _replies.Values.Where(reply => response is null || reply.Response == response || reply.Response.Length == 0)];

    internal static string UpToWord(string text, int letters)
    {
        if (letters >= text.Length) return text;
        if (letters <= 0) return "";
        var end = text.LastIndexOf(' ', letters);
        return end <= 0 ? "" : text[..end];
    }

    private sealed class Reply(string response, string item)
    {
        public string Response => response;

        public string Item => item;

        public bool WasCut { get; set; }

        /// <summary>What was heard is settled and logged.</summary>
        public bool WasHeard { get; set; }

        /// <summary>How many letters were heard, estimated.</summary>
        public int? Heard { get; set; }
    }
}

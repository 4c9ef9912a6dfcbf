using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Voice.Providers;

namespace Widget.Api.Voice.Dialogue;

/// <summary>
/// What of the assistant's replies is heard. A reply is written long before it has been spoken, and is cut off while it sounds; the log must hold what was
/// heard and no more. The provider says how far it came and, asked, what of the text that was.
/// </summary>
internal sealed class Playback(IVoiceStage stage, Transcript transcript)
{
    /// <summary>How long the provider may take to say what was heard of a reply that was cut off.</summary>
    private static readonly TimeSpan WaitForRetrieval = TimeSpan.FromSeconds(1.5);

    /// <summary>Of speech, to tell how much was heard where nobody says it: about 150 words a minute.</summary>
    private const double LettersPerSecond = 15;

    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(4);

    private readonly Dictionary<string, Reply> _replies = new(StringComparer.Ordinal);
    private string? _sounding;

    public bool IsSounding => _sounding is not null;

    /// <summary>It has not been heard to its end, as far as is known.</summary>
    public bool IsPlaying(string item) => _replies.TryGetValue(item, out var reply) && !reply.WasHeard;

    /// <summary>A reply begins to be made.</summary>
    public void Begun(string response, string item) => _replies.TryAdd(item, new Reply(response, item));

    /// <summary>All of its text is there.</summary>
    public void Wrote(string item, string text)
    {
        // One that was cut off meanwhile is not made longer again.
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

    /// <summary>Nothing more of it is made.</summary>
    public void Done(string response, bool wasCut)
    {
        foreach (var reply in Of(response))
        {
            if (wasCut)
            {
                Cut(reply, heard: null);
                continue;
            }

            // Servers that do not say when it has been spoken leave us to reckon.
            var speaking = TimeSpan.FromSeconds(transcript.TextOf(reply.Item).Length / LettersPerSecond) + Slack;
            stage.After(speaking, () => Finish(reply, interrupted: false));
        }
    }

    /// <summary>The visitor's next turn: whatever was said before has been heard, or has been cut off.</summary>
    public void VisitorSpoke()
    {
        foreach (var reply in _replies.Values.Where(reply => reply is { WasCut: false, WasHeard: false } && reply.Response != _sounding).ToList()) Finish(reply, interrupted: false);
    }

    public void Truncated(string? item, long heardMilliseconds)
    {
        if (item is null || !_replies.TryGetValue(item, out var reply)) return;
        Cut(reply, heard: (int)Math.Min(int.MaxValue, heardMilliseconds * LettersPerSecond / 1000));
        stage.Send(new JsonObject { ["type"] = "conversation.item.retrieve", ["item_id"] = item });
    }

    public void Retrieved(JsonElement item)
    {
        if (item.Text("id") is not { } id || !_replies.TryGetValue(id, out var reply) || !reply.WasCut) return;
        var heard = string.Concat(item.Part("content").Items().Select(part => part.Text("transcript") ?? part.Text("text") ?? ""));
        transcript.Replace(id, heard);
        Finish(reply, interrupted: true);
    }

    // Its end is known when the provider says what was heard; or not, then by reckoning.
    private void Cut(Reply reply, int? heard)
    {
        if (reply.WasHeard) return;
        reply.Heard = heard ?? reply.Heard;
        if (reply.WasCut) return;
        reply.WasCut = true;
        stage.After(WaitForRetrieval, () =>
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

    private List<Reply> Of(string? response) => [.. _replies.Values.Where(reply => response is null || reply.Response == response || reply.Response.Length == 0)];

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

        /// <summary>Nothing more comes of it.</summary>
        public bool WasHeard { get; set; }

        /// <summary>How much was heard, in letters.</summary>
        public int? Heard { get; set; }
    }
}

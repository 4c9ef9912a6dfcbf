using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; only its name is used, here and in SpeechClients.

namespace Widget.Api.Speech.Client;

/// <summary>
/// ElevenLabs' <c>POST /v1/text-to-speech/{voice_id}/stream/with-timestamps</c>. It streams a line of JSON for each piece of audio, with
/// the times of its characters.
/// </summary>
internal sealed class ElevenLabsSpeechClient(SpeechTransport transport, SpeechAccount account) : SpeechClient("elevenlabs", account)
{
    /// <summary>
    /// Key in <see cref="TextToSpeechOptions.AdditionalProperties"/>: the text spoken before, so that the intonation continues.
    /// </summary>
    public const string PreviousText = "previous_text";

    private const string MediaType = "audio/mpeg";

    public override async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text,
        TextToSpeechOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var body = new JsonObject { ["text"] = text };
        if (options?.ModelId is { } model) body["model_id"] = model;
        if (options?.AdditionalProperties?.TryGetValue(PreviousText, out string? before) == true && before is not null)
            body[PreviousText] = before;
        // The smallest format with good quality that all ElevenLabs plans include.
        var path = $"v1/text-to-speech/{Uri.EscapeDataString(options?.VoiceId ?? "")}/stream/with-timestamps?output_format=mp3_44100_64";
        var lines = new LineBuffer();
        await foreach (var piece in transport.PostAsync(Account, path, body, _ => { }, cancellationToken))
            foreach (var line in lines.Append(piece.Span))
                if (Read(line) is { } update) yield return update;
        if (Read(lines.Rest()) is { } last) yield return last;
        yield return new TextToSpeechResponseUpdate { Kind = TextToSpeechResponseUpdateKind.SessionClose };
    }

    private TextToSpeechResponseUpdate? Read(byte[] line)
    {
        if (line.AsSpan().Trim(" \r\n\t"u8).IsEmpty) return null;
        try
        {
            using var json = JsonDocument.Parse(line);
            var contents = new List<AIContent>();
            if (json.RootElement.TryGetProperty("alignment", out var alignment) && Times(alignment) is { } times) contents.Add(times);
            if (json.RootElement.TryGetProperty("audio_base64", out var audio)
                && audio.ValueKind == JsonValueKind.String
                && audio.GetBytesFromBase64() is { Length: > 0 } bytes)
            {
                contents.Add(new DataContent(bytes, MediaType));
            }
            return contents.Count == 0
                ? null
                : new TextToSpeechResponseUpdate(contents) { Kind = TextToSpeechResponseUpdateKind.AudioUpdating };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new SpeechException(SpeechFault.Refused, $"{Account.Endpoint.Host} sent an invalid response. Check the endpoint.", e);
        }
    }

    // Null when a piece of audio has no characters, or lists of different lengths.
    private static CharacterTimes? Times(JsonElement alignment)
    {
        if (alignment.ValueKind != JsonValueKind.Object) return null;
        var characters = List(alignment, "characters", entry => entry.GetString() ?? "");
        var starts = List(alignment, "character_start_times_seconds", entry => entry.GetDouble());
        var ends = List(alignment, "character_end_times_seconds", entry => entry.GetDouble());
        return characters.Count > 0 && characters.Count == starts.Count && starts.Count == ends.Count
            ? new CharacterTimes(characters, starts, ends)
            : null;
    }

    private static List<T> List<T>(JsonElement alignment, string name, Func<JsonElement, T> read) =>
        alignment.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(read)]
            : [];

    /// <summary>Joins pieces of a response to lines.</summary>
    private sealed class LineBuffer
    {
        private readonly List<byte> _open = [];

        public List<byte[]> Append(ReadOnlySpan<byte> piece)
        {
            var lines = new List<byte[]>();
            for (int end; (end = piece.IndexOf((byte)'\n')) >= 0; piece = piece[(end + 1)..])
            {
                _open.AddRange(piece[..end]);
                lines.Add(Rest());
            }

            _open.AddRange(piece);
            return lines;
        }

        public byte[] Rest()
        {
            byte[] line = [.. _open];
            _open.Clear();
            return line;
        }
    }
}

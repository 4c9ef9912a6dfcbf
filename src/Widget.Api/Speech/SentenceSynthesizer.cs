using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Widget.Api.Speech.Client;
using Widget.Api.Speech.Script;
using Widget.Api.Usage;
using Widget.Contracts;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; only its name is used.

namespace Widget.Api.Speech;

/// <summary>Turns a sentence into audio: from the cache, or with the tenant's voice and within its budget.</summary>
internal sealed class SentenceSynthesizer(SpeechClients clients, SpeechCache cache, CharacterBudget budget)
{
    /// <summary>Size of the pieces in which cached audio is sent.</summary>
    private const int PieceSize = 48 * 1024;

    /// <param name="reply">The answer.</param>
    /// <param name="sentence">The sentence.</param>
    /// <param name="before">The sentence before it.</param>
    /// <param name="reserved">
    /// Called when its characters are reserved or need no reservation. The next sentence can then reserve its own.
    /// </param>
    /// <param name="output">Receives the audio as it arrives.</param>
    /// <param name="ct">
    /// Cancels the request. Its characters stay counted, because the provider counts them as soon as a sentence is requested.
    /// </param>
    /// <exception cref="SpeechException">The voice failed.</exception>
    /// <exception cref="SpeechBudgetSpentException">The tenant's characters of this month are used up.</exception>
    public async Task SpeakAsync(
        SpokenReply reply,
        ScriptSentence sentence,
        string? before,
        Action reserved,
        ChannelWriter<SpeechUpdate> output,
        CancellationToken ct)
    {
        var digest = SpeechCache.Digest(reply.Plan, sentence.Text);
        if (await cache.FindAsync(reply.Tenant, digest, ct) is { } cached)
        {
            reserved();
            SendWords(sentence, cached.Words, output);
            foreach (var piece in cached.Audio.Chunk(PieceSize)) output.TryWrite(new SpeechAudio(sentence.Index, cached.MediaType, piece));
            return;
        }

        if (!await budget.TryReserveAsync(reply.Tenant, reply.Id, reply.Conversation, sentence.Text.Length, reply.Limit, ct))
            throw new SpeechBudgetSpentException();
        reserved();
        var (audio, times, mediaType) = (new MemoryStream(), new SentenceTimes(sentence.Text), (string?)null);
        try
        {
            using var client = clients.Of(reply.Plan.Account);
            await foreach (var update in client.GetStreamingAudioAsync(sentence.Text, SpeechClients.Options(reply.Plan, before), ct))
            {
                foreach (var content in update.Contents)
                {
                    if (content is CharacterTimes characters) times.Add(characters);
                    if (content is not DataContent data) continue;
                    mediaType ??= data.MediaType;
                    audio.Write(data.Data.Span);
                    output.TryWrite(new SpeechAudio(sentence.Index, mediaType, data.Data.ToArray()));
                }
            }

            if (mediaType is null) throw new SpeechException(SpeechFault.Refused, $"{reply.Plan.Account.Endpoint.Host} sent no audio.");
        }
        catch (Exception e) when (audio.Length == 0 && (e is SpeechException || (e is OperationCanceledException && reply.HasFailed)))
        {
            await budget.ReleaseAsync(reply.Tenant, reply.Id, sentence.Text.Length, CancellationToken.None);
            throw;
        }

        var words = times.Words();
        SendWords(sentence, words, output);
        await cache.AddAsync(reply.Tenant, digest, mediaType, audio.ToArray(), words, ct);
    }

    private static void SendWords(ScriptSentence sentence, IReadOnlyList<WordTime> words, ChannelWriter<SpeechUpdate> output)
    {
        if (words.Count > 0) output.TryWrite(new SpeechWords(sentence.Index, [.. words.Select(word => word.In(sentence))]));
    }
}

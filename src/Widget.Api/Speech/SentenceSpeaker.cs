using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Widget.Api.Conversations;
using Widget.Api.Speech.Client;
using Widget.Api.Speech.Script;
using Widget.Contracts;
using Widget.Platform.Tenancy;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; it is used by its name only.

namespace Widget.Api.Speech;

/// <summary>An answer that is read aloud to somebody.</summary>
/// <param name="Id">Counts its characters.</param>
/// <param name="Tenant">Whose visitor.</param>
/// <param name="Conversation">The thread.</param>
/// <param name="Plan">The voice.</param>
/// <param name="Limit">Characters a month; null for no limit.</param>
internal sealed record SpeechReading(Guid Id, TenantId Tenant, ConversationId Conversation, SpeechVoicePlan Plan, int? Limit)
{
    /// <summary>It has ended because the voice failed, not because the visitor left.</summary>
    public bool HasFailed { get; set; }
}

/// <summary>The month's characters are used up.</summary>
internal sealed class SpeechBudgetSpentException() : Exception("This month's characters are used up.");

/// <summary>Makes a sentence into sound: from what is kept, or by the tenant's voice and within its budget.</summary>
internal sealed class SentenceSpeaker(SpeechClients clients, SpeechCache cache, SpeechBudget budget)
{
    private const int Piece = 48 * 1024;

    /// <param name="reading">What is read.</param>
    /// <param name="sentence">Which of its sentences.</param>
    /// <param name="before">The sentence before it.</param>
    /// <param name="paid">Called when its characters are taken, or need not be: the next sentence may take its own.</param>
    /// <param name="to">Where its sound goes, as it comes.</param>
    /// <param name="ct">Ends the request at once. A sentence that the visitor left stays counted: it was asked for, and the provider counts it.</param>
    /// <exception cref="SpeechException">The voice is not to be had.</exception>
    /// <exception cref="SpeechBudgetSpentException">The month's characters are used up.</exception>
    public async Task SpeakAsync(SpeechReading reading, ScriptSentence sentence, string? before, Action paid, ChannelWriter<SpeechUpdate> to, CancellationToken ct)
    {
        var digest = SpeechCache.Digest(reading.Plan, sentence.Text);
        if (await cache.FindAsync(reading.Tenant, digest, ct) is { } kept)
        {
            paid();
            TellWords(sentence, kept.Words, to);
            foreach (var piece in kept.Sound.Chunk(Piece)) to.TryWrite(new SpeechAudio(sentence.Index, kept.MediaType, piece));
            return;
        }

        if (!await budget.ReserveAsync(reading.Tenant, reading.Id, reading.Conversation, sentence.Text.Length, reading.Limit, ct)) throw new SpeechBudgetSpentException();
        paid();
        var (sound, times, mediaType) = (new MemoryStream(), new SentenceTimes(sentence.Text), (string?)null);
        try
        {
            using var client = clients.Of(reading.Plan.Account);
            await foreach (var update in client.GetStreamingAudioAsync(sentence.Text, SpeechClients.Options(reading.Plan, before), ct))
            {
                foreach (var content in update.Contents)
                {
                    if (content is CharacterTimes characters) times.Add(characters);
                    if (content is not DataContent data) continue;
                    mediaType ??= data.MediaType;
                    sound.Write(data.Data.Span);
                    to.TryWrite(new SpeechAudio(sentence.Index, mediaType, data.Data.ToArray()));
                }
            }

            if (mediaType is null) throw new SpeechException(SpeechFault.Refused, $"{reading.Plan.Account.Endpoint.Host} answers without any sound.");
        }
        catch (Exception e) when (sound.Length == 0 && (e is SpeechException || (e is OperationCanceledException && reading.HasFailed)))
        {
            await budget.ReturnAsync(reading.Tenant, reading.Id, sentence.Text.Length, CancellationToken.None);
            throw;
        }

        var words = times.Words();
        TellWords(sentence, words, to);
        await cache.KeepAsync(reading.Tenant, digest, mediaType, sound.ToArray(), words, ct);
    }

    private static void TellWords(ScriptSentence sentence, IReadOnlyList<WordTime> words, ChannelWriter<SpeechUpdate> to)
    {
        if (words.Count > 0) to.TryWrite(new SpeechWords(sentence.Index, [.. words.Select(word => word.In(sentence))]));
    }
}

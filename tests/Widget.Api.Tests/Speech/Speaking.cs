using System.Net.Http.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Widget.Api.Answers;
using Widget.Api.Speech;
using Widget.Api.Speech.Dictation;
using Widget.Contracts;
using Widget.Rag.Fetching;
using Widget.Testing;

#pragma warning disable MEAI001 // ISpeechToTextClient is experimental; only its name is used.

namespace Widget.Api.Tests.Speech;

/// <summary>Nodes with a voice, and visitors who listen.</summary>
internal static class Speaking
{
    public static SpeechOptions OpenAI(ApiFixture api) => new()
    {
        Endpoint = new Uri(api.Simulator.Address, "/openai/v1"),
        Key = "sim-key",
        Model = "sim-tts",
        Voice = "sim-ada",
    };

    public static SpeechOptions ElevenLabs(ApiFixture api) => new()
    {
        Endpoint = new Uri(api.Simulator.Address, "/elevenlabs"),
        Key = "sim-eleven-key",
        Voice = "voice0000000000000Ada",
        Provider = SpeechProvider.ElevenLabs,
    };

    public static Task<ApiNode> StartAsync(
        ApiFixture api,
        SpeechOptions speech,
        ChatModelOptions? chat = null,
        FetchOptions? fetching = null,
        bool dictation = false) =>
        ApiNode.StartAsync(
            api.Database,
            chat ?? api.Simulator.Chat with { NetworkTimeout = TimeSpan.FromSeconds(20) },
            fetching: fetching,
            services: services =>
            {
                services.AddSingleton(speech);
                if (!dictation) return;
                var options = new DictationOptions(api.Simulator.Transcription);
                services.AddSingleton(options);
                services.AddSingleton<ISpeechToTextClient>(new OpenAITranscriptionClient(options, TestOutbound.Client));
            });

    public static Task BehaveAsync(this ApiFixture api, object? voice = null, object? model = null) =>
        Task.WhenAll(api.Simulator.BehaveAsync(voice, "speech"), api.Simulator.BehaveAsync(model));

    public static async Task<IReadOnlyList<SpokenRequest>> SpokenAsync(this ApiFixture api) =>
        (await api.Simulator.Control.GetFromJsonAsync<SpokenRequest[]>("/control/speech/requests"))!;

    public static async Task<SpeechCounts> CountsAsync(this ApiFixture api) =>
        (await api.Simulator.Control.GetFromJsonAsync<SpeechCounts>("/control/speech/counts"))!;

    /// <summary>The tenant's usage.</summary>
    public static async Task<(long Characters, long Seconds)> UsedAsync(this ApiFixture api, TestTenant tenant, string kind = "speech")
    {
        await using var command = api.Database.OwnerSource.CreateCommand(
            "select coalesce(sum(characters), 0)::bigint, coalesce(sum(seconds), 0)::bigint "
                + "from usage_records where tenant_id = $1 and kind = $2");
        command.Parameters.Add(new() { Value = tenant.Created.TenantId });
        command.Parameters.Add(new() { Value = kind });
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    public static async Task SetAsync(this TestTenant tenant, object speech)
    {
        var response = await tenant.Developer.PutAsJsonAsync("/api/settings", new { speech });
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Requests that an answer is read aloud.</summary>
    public static Task<HttpResponseMessage> HearAsync(
        this TestVisitor visitor,
        Guid message,
        int skip = 0,
        CancellationToken ct = default) =>
        visitor.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/api/widget/speech")
            {
                Content = JsonContent.Create(new { conversationId = visitor.Session.ConversationId, messageId = message, skip }),
            },
            HttpCompletionOption.ResponseHeadersRead,
            ct);

    /// <summary>All updates about an answer.</summary>
    public static async Task<List<SpeechUpdate>> HearAllAsync(this TestVisitor visitor, Guid message, int skip = 0)
    {
        using var response = await visitor.HearAsync(message, skip);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        var updates = new List<SpeechUpdate>();
        await foreach (var (name, _, update) in response.ReadEventsAsync<SpeechUpdate>())
        {
            name.ShouldBe(update switch
            {
                SpeechSentence => "sentence",
                SpeechAudio => "audio",
                SpeechWords => "words",
                SpeechSpoken => "spoken",
                SpeechRestart => "restart",
                SpeechDone => "done",
                _ => "error",
            });
            updates.Add(update);
        }

        return updates;
    }

    /// <summary>A sentence's audio as one file.</summary>
    public static byte[] Sound(this IEnumerable<SpeechUpdate> updates, int index) =>
        [.. updates.OfType<SpeechAudio>().Where(audio => audio.Index == index).SelectMany(audio => audio.Data)];

    public static IReadOnlyList<string> Sentences(this IEnumerable<SpeechUpdate> updates) =>
        [.. updates.OfType<SpeechSentence>().Select(sentence => sentence.Text)];
}

internal sealed record SpokenRequest(string Provider, string Text, string? Model, string Voice, string? PreviousText, string Host);

internal sealed record SpeechCounts(int Refused, int GivenUp, int Running, int MostAtOnce);

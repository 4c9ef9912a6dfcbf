using System.Globalization;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Speech.Client;

/// <summary>A provider's model.</summary>
/// <param name="Id">The model's name.</param>
/// <param name="Ends">When it will be shut down (<c>shutdown_date</c>); null when the provider does not say.</param>
internal sealed record ProviderModel(string Id, DateOnly? Ends);

/// <summary>An ElevenLabs account's quota, in characters.</summary>
internal sealed record ProviderQuota(long Used, long Limit);

/// <summary>Reads models, voices and quotas from providers. Null means that a provider does not publish them.</summary>
internal sealed class SpeechProviders(SpeechTransport transport)
{
    /// <summary>Sends a request that needs a valid key.</summary>
    /// <exception cref="SpeechException">
    /// The request failed; with <see cref="SpeechFault.BadKey"/> when the key is not accepted.
    /// </exception>
    public Task CheckKeyAsync(SpeechAccount account, CancellationToken ct) =>
        transport.GetAsync(account, account.Provider == SpeechProvider.ElevenLabs ? "v1/user/subscription" : "models", ct);

    /// <exception cref="SpeechException">The provider refused or failed.</exception>
    public async Task<IReadOnlyList<ProviderModel>?> ModelsAsync(SpeechAccount account, CancellationToken ct)
    {
        if (await transport.GetAsync(account, account.Provider == SpeechProvider.ElevenLabs ? "v1/models" : "models", ct) is not { } body)
            return null;
        // ElevenLabs returns an array, OpenAI an object.
        var list = body.ValueKind == JsonValueKind.Array ? body
            : body.ValueKind == JsonValueKind.Object && body.TryGetProperty("data", out var data) ? data
            : default;
        return list.ValueKind != JsonValueKind.Array ? null :
        [
            .. from model in list.EnumerateArray()
               let id = SpeechJson.Text(model, "id") ?? SpeechJson.Text(model, "model_id")
               where id is not null
               select new ProviderModel(id, Day(model)),
        ];
    }

    /// <exception cref="SpeechException">The provider refused or failed.</exception>
    public async Task<IReadOnlyList<ProviderVoice>?> VoicesAsync(SpeechAccount account, CancellationToken ct)
    {
        var path = account.Provider == SpeechProvider.ElevenLabs ? "v1/voices" : "audio/voices";
        if (await transport.GetAsync(account, path, ct) is not { ValueKind: JsonValueKind.Object } body) return null;
        var list = body.TryGetProperty("voices", out var voices) ? voices : body.TryGetProperty("data", out var data) ? data : default;
        return list.ValueKind != JsonValueKind.Array ? null :
        [
            .. from voice in list.EnumerateArray()
               // Kokoro lists names, other servers list objects.
               let id = voice.ValueKind == JsonValueKind.String
                   ? voice.GetString()
                   : SpeechJson.Text(voice, "voice_id") ?? SpeechJson.Text(voice, "id") ?? SpeechJson.Text(voice, "name")
               where id is not null
               select new ProviderVoice(id, SpeechJson.Text(voice, "name") ?? id),
        ];
    }

    /// <summary>The account's quota; null when the provider does not report it.</summary>
    /// <exception cref="SpeechException">The provider refused or failed.</exception>
    public async Task<ProviderQuota?> QuotaAsync(SpeechAccount account, CancellationToken ct) =>
        account.Provider == SpeechProvider.ElevenLabs
        && await transport.GetAsync(account, "v1/user/subscription", ct) is { ValueKind: JsonValueKind.Object } body
        && body.TryGetProperty("character_count", out var used) && used.TryGetInt64(out var count)
        && body.TryGetProperty("character_limit", out var limit) && limit.TryGetInt64(out var most)
            ? new ProviderQuota(count, most) : null;

    // A date, or Unix time in seconds.
    private static DateOnly? Day(JsonElement model)
    {
        if (!model.TryGetProperty("shutdown_date", out var date)) return null;
        if (date.ValueKind == JsonValueKind.Number && date.TryGetInt64(out var seconds))
            return DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime);
        return date.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(date.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day)
                ? DateOnly.FromDateTime(day.UtcDateTime)
                : null;
    }
}

using Microsoft.Extensions.AI;
using Widget.Api.Modes;
using Widget.Api.Speech.Client;
using Widget.Api.Speech.Dictation;
using Widget.Platform.Outbound;

#pragma warning disable MEAI001 // ISpeechToTextClient is experimental; only its name is used.

namespace Widget.Api.Speech;

internal static class SpeechServices
{
    /// <summary>Adds spoken replies and dictation.</summary>
    public static IServiceCollection AddSpeech(this IServiceCollection services, SpeechOptions options, DictationOptions dictation)
    {
        services.AddSingleton(options);
        services.AddCircuitBreaker(SpeechTransport.Breaker);
        services.AddSingleton<SpeechTransport>();
        services.AddSingleton<SpeechClients>();
        services.AddSingleton<SpeechProviders>();
        services.AddSingleton<SpeechAccounts>();
        services.AddSingleton(SpeechTables.Tables);
        services.AddSingleton<SpeechCache>();
        services.AddSingleton<SentenceSynthesizer>();
        services.AddSingleton<SpeechStream>();
        services.AddSingleton<SpeechStreamLimiter>();
        services.AddSingleton<SpeechConnectionTest>();
        services.AddSingleton<SpeechAvailability>();
        services.AddSingleton<IModeAvailability>(provider => provider.GetRequiredService<SpeechAvailability>());

        services.AddSingleton(dictation);
        if (dictation.Model.Endpoint is not null)
            services.AddSingleton<ISpeechToTextClient>(provider => new OpenAITranscriptionClient(
                provider.GetRequiredService<DictationOptions>(),
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(OutboundClients.Operator)));
        services.AddSingleton<DictationService>();
        return services;
    }
}

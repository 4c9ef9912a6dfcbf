using Widget.Platform.Outbound;
using Widget.Rag.Reading.Extraction;

namespace Widget.Api.Media;

internal static class MediaServices
{
    /// <summary>
    /// Adds the configured models that read recordings and pictures. Without them, documents are read without their media.
    /// </summary>
    public static IServiceCollection AddMediaModels(
        this IServiceCollection services,
        MediaModelOptions transcription,
        MediaModelOptions vision)
    {
        if (transcription.Endpoint is not null)
            services.AddSingleton<ITranscriber>(provider => new OpenAITranscriber(transcription, Client(provider)));
        if (vision.Endpoint is not null)
            services.AddSingleton<IImageDescriber>(provider => new OpenAIImageDescriber(vision, Client(provider)));
        return services;
    }

    private static HttpClient Client(IServiceProvider provider) =>
        provider.GetRequiredService<IHttpClientFactory>().CreateClient(OutboundClients.Operator);
}

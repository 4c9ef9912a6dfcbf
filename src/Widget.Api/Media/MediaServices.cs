using Widget.Rag.Reading.Extraction;

namespace Widget.Api.Media;

internal static class MediaServices
{
    /// <summary>The models that read recordings and pictures, as far as they are configured; documents are read without them otherwise.</summary>
    public static IServiceCollection AddMediaModels(this IServiceCollection services, MediaModelOptions transcription, MediaModelOptions vision)
    {
        if (transcription.Endpoint is not null) services.AddSingleton<ITranscriber>(new OpenAITranscriber(transcription));
        if (vision.Endpoint is not null) services.AddSingleton<IImageDescriber>(new OpenAIImageDescriber(vision));
        return services;
    }
}

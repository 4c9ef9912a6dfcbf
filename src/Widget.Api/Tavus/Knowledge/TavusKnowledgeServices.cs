using Widget.Platform.Work;
using Widget.Rag.Own;

namespace Widget.Api.Tavus.Knowledge;

internal static class TavusKnowledgeServices
{
    /// <summary>Adds the mirror of knowledge at Tavus, and the copies of our documents at Tavus.</summary>
    public static IServiceCollection AddTavusKnowledge(this IServiceCollection services)
    {
        services.AddSingleton<DocumentTexts>();
        services.AddSingleton<DocumentLinks>();
        services.AddSingleton<AccountListing>();
        services.AddSingleton<TavusPublisher>();
        services.AddSingleton<TavusKnowledgeRound>();
        services.AddSingleton(_ => new WakeUpSignal<TavusKnowledgeWorker>(TavusKnowledgeWorker.WorkerCount));
        services.AddSingleton<TavusKnowledgeTrigger>();
        services.AddHostedService<TavusKnowledgeWorker>();
        return services;
    }
}

using Microsoft.Extensions.AI;
using Widget.Api.Conversations;
using Widget.Api.Offers;
using Widget.Api.Web;
using Widget.Platform.Outbound;
using Widget.Platform.Telemetry;
using Widget.Platform.Work;
using Widget.Rag.Embeddings.Local;

namespace Widget.Api.Answers;

internal static class AnswerServices
{
    /// <summary>Registers conversations, and answers to the questions in them.</summary>
    public static IServiceCollection AddAnswers(this IServiceCollection services, ChatModelOptions model)
    {
        services.AddSingleton(ConversationTables.Tables);
        services.AddSingleton<ConversationLog>();
        services.AddSingleton<LiveAnswers>();
        services.AddSingleton<LiveVoiceUpdates>();
        services.AddSingleton<VisitorNotices>();
        services.AddNotificationSubscriber<VisitorNotices>();
        services.AddSingleton<ConversationThreads>();
        services.AddSingleton<ConversationFeed>();
        services.AddNotificationSubscriber<ConversationFeed>();

        services.AddTelemetryNames(
            sources: [AnswerTelemetry.Name, AnswerTelemetry.Models],
            meters: [AnswerTelemetry.Name, AnswerTelemetry.Models]);
        if (model.Endpoint is not null)
            services.AddBreakerReading("chat model", provider => provider.GetRequiredService<ModelStatus>().IsPaused ? 1 : 0);
        services.AddBreakerReading("tenants' chat models", provider => provider.GetRequiredService<ChatModels>().PausedOwnCount);
        services.AddChatModel(model);
        services.AddSingleton<QuestionRewriter>();
        services.AddSingleton<ModelAnswerWriter>();
        services.AddSingleton<AnswerTools>();
        services.AddSingleton(provider => new PassageRater(provider.GetService<SentenceSimilarity>()));
        services.AddSingleton(provider => new OfferReader(provider.GetService<SentenceEmbedder>()));
        services.AddSingleton<MessageOffers>();
        services.AddSingleton<ContactFinder>();
        services.AddSingleton<Answerer>();
        services.AddSingleton<AskService>();
        services.AddSingleton<AnswerStops>();
        services.AddSingleton<AnswerLeases>();
        services.AddSingleton<AnswerWriter>();
        services.AddSingleton<AnswerWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<AnswerWorker>());
        services.AddReadinessCheck<ChatModelHealth>("chat model");
        return services;
    }

    // The kernel uses the application's services, so it has the same chat client.
    private static void AddChatModel(this IServiceCollection services, ChatModelOptions model)
    {
        services.AddKernel();
        services.AddSingleton<ModelStatus>();
        services.AddSingleton(model);
        services.AddSingleton<ChatModels>();
        services.AddSingleton<ChatModelTest>();
        if (model.Endpoint is null) return;
        services.AddSingleton<IChatClient>(provider => OpenAIModel.ForVisitors(
            model,
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(OutboundClients.Operator),
            provider.GetRequiredService<ModelStatus>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}

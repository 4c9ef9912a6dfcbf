using Microsoft.Extensions.AI;
using Widget.Api.Conversations;
using Widget.Api.Web;
using Widget.Platform.Outbound;
using Widget.Platform.Telemetry;
using Widget.Platform.Work;

namespace Widget.Api.Answers;

internal static class AnswerServices
{
    /// <summary>Conversations and the answering of questions in them.</summary>
    public static IServiceCollection AddAnswers(this IServiceCollection services, ChatModelOptions model)
    {
        services.AddSingleton(ConversationTables.Tables);
        services.AddSingleton<ConversationLog>();
        services.AddSingleton<LiveAnswers>();
        services.AddSingleton<LiveVoices>();
        services.AddSingleton<ConversationThreads>();
        services.AddSingleton<ConversationFeed>();
        services.AddNotificationSubscriber<ConversationFeed>();

        services.AddTelemetryNames(
            sources: [AnswerTelemetry.Name, AnswerTelemetry.Models],
            meters: [AnswerTelemetry.Name, AnswerTelemetry.Models]);
        services.AddSingleton<ModelCondition>();
        if (model.Endpoint is not null)
            services.AddBreakerReading("chat model", provider => provider.GetRequiredService<ModelCondition>().IsPaused ? 1 : 0);
        services.AddSingleton(provider => new ChatModels(
            model.Endpoint is null ? null : new PunctualChatClient(
                new MeteredChatClient(Traced(new OpenAIChatClient(model)), model.Model),
                provider.GetRequiredService<ModelCondition>(),
                model.FirstWord,
                provider.GetRequiredService<TimeProvider>()),
            new ExtractiveChatClient()));
        services.AddSingleton<QuestionRewriter>();
        services.AddSingleton<Answerer>();
        services.AddSingleton<AskService>();
        services.AddSingleton<AnswerLeases>();
        services.AddSingleton<AnswerWriter>();
        services.AddSingleton<AnswerWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<AnswerWorker>());
        services.AddReadinessCheck<ChatModelHealth>("chat model");
        return services;
    }

    // Spans and metrics by the GenAI semantic conventions, whatever the environment says without what is asked and answered.
    private static IChatClient Traced(IChatClient model) => new OpenTelemetryChatClient(model, sourceName: AnswerTelemetry.Models) { EnableSensitiveData = false };
}

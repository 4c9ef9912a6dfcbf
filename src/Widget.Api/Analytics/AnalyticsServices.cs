using Widget.Api.Analytics.Unanswered;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings.Local;

namespace Widget.Api.Analytics;

internal static class AnalyticsServices
{
    /// <summary>Figures of conversations, and unanswered questions in groups of similar questions.</summary>
    public static IServiceCollection AddAnalytics(this IServiceCollection services)
    {
        services.AddSingleton(AnalyticsTables.Tables);
        services.AddSingleton<AnalyticsService>();
        services.AddSingleton(provider => new UnansweredService(
            provider.GetRequiredService<TenantDatabase>(),
            provider.GetService<SentenceEmbedder>()));
        services.AddHostedService<UnansweredWorker>();
        return services;
    }
}

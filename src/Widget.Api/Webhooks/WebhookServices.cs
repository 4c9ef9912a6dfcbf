using Widget.Platform.Work;

namespace Widget.Api.Webhooks;

internal static class WebhookServices
{
    /// <summary>Webhook endpoints, and the worker that posts the outbox's messages to them.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, WebhookOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(WebhookTables.Tables);
        services.AddSingleton<WakeUpSignal<WebhookWorker>>(_ => new WakeUpSignal<WebhookWorker>());
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookService>();
        services.AddHostedService<WebhookWorker>();
        return services;
    }
}

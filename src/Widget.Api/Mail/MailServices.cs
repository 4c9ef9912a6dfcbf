using Widget.Api.Web;
using Widget.Platform.Work;

namespace Widget.Api.Mail;

internal static class MailServices
{
    /// <summary>The outbox and, if there is an SMTP server, the worker that sends its e-mails.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, MailOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(MailTables.Tables);
        services.AddSingleton<WakeUpSignal<MailWorker>>(_ => new WakeUpSignal<MailWorker>());
        services.AddSingleton<Outbox>();
        services.AddSingleton<MailStatus>();
        services.AddReadinessCheck<MailHealth>("mail");
        if (!options.IsConfigured) return services;
        services.AddSingleton<SmtpSender>();
        services.AddHostedService<MailWorker>();
        return services;
    }
}

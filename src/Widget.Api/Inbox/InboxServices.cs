using Widget.Api.Web;
using Widget.Platform.Work;

namespace Widget.Api.Inbox;

internal static class InboxServices
{
    /// <summary>The staff's inbox.</summary>
    public static IServiceCollection AddInbox(this IServiceCollection services)
    {
        services.AddSingleton(InboxTables.Tables);
        services.AddSingleton<InboxReps>();
        services.AddSingleton<InboxQueries>();
        services.AddSingleton<ActingRep>();
        services.AddSingleton<HandoffActions>();
        services.AddSingleton<RepMessages>();
        services.AddSingleton<PresenceService>();
        services.AddSingleton<Suggestions>();
        services.AddSingleton<VisitorHistory>();
        services.AddSingleton<HandoffMails>();
        services.AddHostedService<HandoffWorker>();
        services.AddSingleton<InboxFeed>();
        services.AddNotificationSubscriber<InboxFeed>();
        services.AddSingleton<InboxEvents>();
        services.AddNotificationSubscriber<InboxEvents>();
        return services;
    }

    public static void MapInbox(this IEndpointRouteBuilder routes)
    {
        routes.MapInboxOfStaff();
        routes.MapCannedReplies();
        routes.MapBans();
        routes.MapRepAttachments();
        Suggestions.MapSuggestions(routes);
        VisitorHistory.MapVisitorHistory(routes);
        // A member who was removed or has signed out, and a key that was revoked, must not go on listening. The others connect again.
        routes.MapHub<InboxHub>(InboxHub.Path, options => options.CloseOnAuthenticationExpiration = true)
            .ForStaff(StaffArea.Conversations).ReadsOnly();
    }
}

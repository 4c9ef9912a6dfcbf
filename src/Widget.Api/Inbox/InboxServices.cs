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
        return services;
    }

    public static void MapInbox(this IEndpointRouteBuilder routes)
    {
        routes.MapInboxOfStaff();
    }
}

using Widget.Api.Meetings.Booking;
using Widget.Api.Meetings.Busy;
using Widget.Api.Meetings.Page;
using Widget.Api.Meetings.Reps;
using Widget.Api.Meetings.Slots;
using Widget.Platform.Work;

namespace Widget.Api.Meetings;

internal static class MeetingServices
{
    /// <summary>Reps, their free times, and the meetings that are booked with them.</summary>
    public static IServiceCollection AddMeetings(this IServiceCollection services)
    {
        services.AddSingleton(MeetingTables.Tables);
        services.AddSingleton<SlotReader>();
        services.AddSingleton<RepService>();
        services.AddSingleton<MeetingOffers>();
        services.AddSingleton<BookingTurns>();
        services.AddSingleton<BookingService>();
        services.AddSingleton<MeetingChanges>();
        services.AddSingleton<MeetingAnnouncements>();
        services.AddSingleton<ManageLinks>();
        services.AddSingleton<ManagedMeetings>();
        services.AddSingleton(new BusyFeedTimings());
        services.AddSingleton<FeedFetcher>();
        services.AddSingleton<WakeUpSignal<BusyFeedWorker>>(_ => new WakeUpSignal<BusyFeedWorker>());
        services.AddHostedService<BusyFeedWorker>();
        return services;
    }

    public static void MapMeetings(this IEndpointRouteBuilder routes)
    {
        routes.MapReps();
        routes.MapMeetingsOfTenant();
        routes.MapMeetingsOfVisitors();
        routes.MapManagePage();
    }
}

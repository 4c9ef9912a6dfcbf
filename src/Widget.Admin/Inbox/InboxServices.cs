using Widget.Admin.Parts;

namespace Widget.Admin.Inbox;

internal static class InboxServices
{
    public static void AddInbox(this IServiceCollection services)
    {
        services.AddScoped<InboxLive>();
        services.AddScoped<Drafts>();
        services.AddScoped<VisitorNames>();
        services.AddScoped<QuestionWords>();
        services.AddScoped<EventWords>();
    }
}

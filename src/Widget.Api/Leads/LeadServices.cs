using Widget.Api.Leads.Changing;
using Widget.Api.Leads.Export;
using Widget.Api.Leads.Merging;
using Widget.Api.Leads.Qualification;
using Widget.Api.Leads.Reading;
using Widget.Api.Leads.Views;
using Widget.Platform.Work;

namespace Widget.Api.Leads;

internal static class LeadServices
{
    /// <summary>Leads: what visitors give, what staff does with them, and the worker that scores them.</summary>
    public static IServiceCollection AddLeads(this IServiceCollection services)
    {
        services.AddSingleton(LeadTables.Tables);
        services.AddSingleton<LeadService>();
        services.AddSingleton<LeadReader>();
        services.AddSingleton<LeadTimelines>();
        services.AddSingleton<LeadActors>();
        services.AddSingleton<LeadEditor>();
        services.AddSingleton<LeadFieldService>();
        services.AddSingleton<LeadMerges>();
        services.AddSingleton<LeadViewService>();
        services.AddSingleton<LeadExport>();
        services.AddSingleton<QualificationService>();
        services.AddSingleton<WakeUpSignal<LeadScoringWorker>>(_ => new WakeUpSignal<LeadScoringWorker>());
        services.AddHostedService<LeadScoringWorker>();
        return services;
    }
}

using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Work;

namespace Widget.Api.Privacy;

/// <summary>Retention, and the export and erasure of a person's data. Each change and each export is in the audit log.</summary>
internal static class PrivacyEndpoints
{
    public static IServiceCollection AddPrivacy(this IServiceCollection services)
    {
        services.AddSingleton(PrivacyTables.Tables);
        services.AddSingleton<RetentionService>();
        services.AddSingleton<PersonService>();
        services.AddSingleton<PersonExport>();
        services.AddSingleton<WakeUpSignal<RetentionWorker>>();
        services.AddHostedService<RetentionWorker>();
        return services;
    }

    public static void MapPrivacy(this IEndpointRouteBuilder routes)
    {
        var privacy = routes.MapGroup("/api/privacy").ForStaff(StaffArea.Privacy).ProducesProblem(401).WithTags("Privacy");
        privacy.MapGet("/retention", ReadRetention).WithSummary("How long data is kept, and how much was deleted because of it");
        privacy.MapPut("/retention", SaveRetention).Validate<RetentionSettings>()
            .WithSummary("Replace how long data is kept; what is older is deleted within the next hours");
        privacy.MapPost("/person", Find).ReadsOnly().Validate<PersonalDataRequest>()
            .WithSummary("What is stored about a person, found by e-mail address, phone number or visitor id");
        privacy.MapPost("/export", Export).Validate<PersonalDataRequest>().Produces(200, contentType: "application/zip")
            .WithSummary("Export a person's data as a zip file with JSON and the person's files");
        privacy.MapPost("/erasure", Erase).Validate<PersonalDataRequest>()
            .WithSummary("Delete all data of a person: visitors, conversations, files, leads and meetings");
    }

    private static async Task<Ok<RetentionState>> ReadRetention(
        IMultiTenantContextAccessor tenants,
        RetentionService retention,
        CancellationToken ct) =>
        TypedResults.Ok(await retention.ReadAsync(tenants.Current().TenantId, ct));

    private static async Task<Ok<RetentionState>> SaveRetention(
        RetentionSettings request,
        IMultiTenantContextAccessor tenants,
        RetentionService retention,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        await retention.SaveAsync(tenant, request, ct);
        return TypedResults.Ok(await retention.ReadAsync(tenant, ct));
    }

    private static async Task<Ok<PersonData>> Find(
        PersonalDataRequest request,
        IMultiTenantContextAccessor tenants,
        PersonService people,
        CancellationToken ct) =>
        TypedResults.Ok(await people.FindAsync(tenants.Current().TenantId, request, ct));

    private static PushStreamHttpResult Export(
        PersonalDataRequest request,
        IMultiTenantContextAccessor tenants,
        PersonExport export,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        return TypedResults.Stream(
            output => export.WriteAsync(tenant, request, output, ct),
            "application/zip",
            "person.zip");
    }

    private static async Task<Ok<Erasure>> Erase(
        PersonalDataRequest request,
        IMultiTenantContextAccessor tenants,
        PersonService people,
        CancellationToken ct) =>
        TypedResults.Ok(await people.EraseAsync(tenants.Current().TenantId, request, ct));
}

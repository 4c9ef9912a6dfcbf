namespace Widget.Api.Attachments;

internal static class AttachmentServices
{
    /// <summary>The files of conversations.</summary>
    public static IServiceCollection AddAttachments(this IServiceCollection services)
    {
        services.AddSingleton(AttachmentTables.Tables);
        services.AddSingleton<AttachmentLinks>();
        services.AddSingleton<AttachmentStore>();
        return services;
    }
}

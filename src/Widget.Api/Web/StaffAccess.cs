namespace Widget.Api.Web;

/// <summary>What the endpoints for staff and for tenants' programs are about. Roles and API keys are allowed to read or to write each.</summary>
public enum StaffArea
{
    /// <summary>The inbox: conversations with visitors, prepared replies, bans.</summary>
    Conversations,

    /// <summary>Leads.</summary>
    Leads,

    /// <summary>Meetings, and the hours of the people whom visitors meet.</summary>
    Meetings,

    /// <summary>Documents, answers, demos, prices, and how well the assistant answers from them.</summary>
    Knowledge,

    /// <summary>The assistant, the widget, tools, webhooks, and accounts at other services.</summary>
    Settings,

    /// <summary>Figures and costs.</summary>
    Analytics,

    /// <summary>Members and invitations.</summary>
    Team,

    /// <summary>API keys.</summary>
    Keys,

    /// <summary>Retention, and the export and erasure of visitors' data.</summary>
    Privacy,

    /// <summary>The log of what staff and programs have changed.</summary>
    Audit,

    /// <summary>Voice calls, video calls and rooms.</summary>
    Calls,
}

/// <summary>Metadata of an endpoint for staff: the area that it belongs to.</summary>
/// <param name="Area">The area.</param>
internal sealed record StaffAccess(StaffArea Area)
{
    /// <summary>What an endpoint requires, such as <c>leads.write</c>. Null if it is not for staff.</summary>
    public static string? PermissionFor(EndpointMetadataCollection metadata, string method)
    {
        if (metadata.GetMetadata<StaffAccess>() is not { } access) return null;
        var reads = metadata.GetMetadata<AccessKind>()?.Reads ?? (HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
        return $"{NameOf(access.Area)}.{(reads ? "read" : "write")}";
    }

    /// <summary>The area's name in permissions.</summary>
    public static string NameOf(StaffArea area) => area.ToString().ToLowerInvariant();
}

/// <summary>Metadata of an endpoint whose method does not tell whether it changes anything.</summary>
/// <param name="Reads">Whether it changes nothing.</param>
internal sealed record AccessKind(bool Reads);

/// <summary>Metadata of an endpoint whose requests are too frequent and too small for the audit log.</summary>
internal sealed record NotAuditedMetadata;

/// <summary>Says who may call an endpoint.</summary>
internal static class StaffEndpoints
{
    /// <summary>
    /// Only for members whose role, and for API keys whose scopes, allow the area: to read for GET, to write for all other methods. If an
    /// endpoint names another area than its group, the endpoint's own holds.
    /// </summary>
    public static TBuilder ForStaff<TBuilder>(this TBuilder builder, StaffArea area)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Policies.Staff).WithMetadata(new StaffAccess(area));

    /// <summary>For visitors, and for staff whose role or key allows the area.</summary>
    public static TBuilder ForVisitorsAndStaff<TBuilder>(this TBuilder builder, StaffArea area)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Policies.VisitorOrStaff).WithMetadata(new StaffAccess(area));

    /// <summary>For people with a room's token, for visitors, and for staff whose role or key allows calls.</summary>
    public static TBuilder ForRoomCallers<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Policies.RoomCaller).WithMetadata(new StaffAccess(StaffArea.Calls));

    /// <summary>The endpoint changes nothing: to read is enough, and it is not in the audit log.</summary>
    public static TBuilder ReadsOnly<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AccessKind(Reads: true));

    /// <summary>The endpoint changes something, whatever its method is: a WebSocket is opened with GET.</summary>
    public static TBuilder Writes<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AccessKind(Reads: false));

    /// <summary>The endpoint is not in the audit log.</summary>
    public static TBuilder NotAudited<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new NotAuditedMetadata());
}

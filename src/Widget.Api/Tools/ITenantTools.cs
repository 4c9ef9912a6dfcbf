using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>Tools that a tenant has added itself. Implemented by the features with which a tenant adds them.</summary>
public interface ITenantTools
{
    /// <summary>Returns the tenant's own tools that are enabled.</summary>
    Task<IReadOnlyList<Tool>> OfAsync(TenantId tenant, CancellationToken ct);
}

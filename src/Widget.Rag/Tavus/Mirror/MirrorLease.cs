using Widget.Platform.Tenancy;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>A worker's hold on a tenant's knowledge at Tavus.</summary>
public sealed record MirrorLease(TenantId Tenant, Guid Worker);

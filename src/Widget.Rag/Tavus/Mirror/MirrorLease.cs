using Widget.Platform.Tenancy;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>A worker's lease for syncing a tenant's knowledge with Tavus.</summary>
public sealed record MirrorLease(TenantId Tenant, Guid Worker);

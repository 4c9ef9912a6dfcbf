using Widget.Platform.Tenancy;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>The right to look after a tenant's knowledge at Tavus, for as long as it lasts.</summary>
public readonly record struct MirrorLease(TenantId Tenant, Guid Worker);

/// <summary>Another worker has taken over; what this one had not committed is not to be.</summary>
public sealed class MirrorLeaseLostException() : Exception("Another worker looks after this tenant's knowledge at Tavus by now.");

using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace Widget.Platform.Tenancy;

/// <summary>
/// The tables of one feature. A feature registers them as a singleton; <see cref="TenantDatabase"/> builds one model of them all. The feature
/// reaches its own tables by extension properties of <see cref="TenantDb"/> that stand beside this.
/// </summary>
/// <param name="Ids">Every <see cref="ITypedId{TSelf}"/> of this assembly becomes a uuid column.</param>
/// <param name="Map">Maps the feature's entities; names of columns and the tenant filter are added for it.</param>
public sealed record TenantTables(Assembly Ids, Action<ModelBuilder> Map);

using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace Widget.Platform.Tenancy;

/// <summary>
/// The tables of a feature. Each feature registers one as a singleton, and <see cref="TenantDatabase"/> builds a single model from all of
/// them. Features access their tables through extension properties of <see cref="TenantDb"/>.
/// </summary>
/// <param name="IdAssembly">Every <see cref="ITypedId{TSelf}"/> of this assembly is mapped to a uuid column.</param>
/// <param name="Map">Maps the feature's entities. Column names and the tenant filter are added automatically.</param>
public sealed record TenantTables(Assembly IdAssembly, Action<ModelBuilder> Map);

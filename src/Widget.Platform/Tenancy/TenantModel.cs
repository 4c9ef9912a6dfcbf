using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Widget.Platform.Tenancy;

/// <summary>The tables of an EF model. Models with the same tables are equal, so EF Core builds each model only once.</summary>
internal sealed class TenantModel(TenantTables[] tables) : IEquatable<TenantModel>
{
    public void MapIds(ModelConfigurationBuilder conventions)
    {
        var assemblies = tables.Select(table => table.IdAssembly).Append(typeof(TenantId).Assembly).Distinct();
        foreach (var type in assemblies.SelectMany(assembly => assembly.GetTypes()))
        {
            if (type.IsValueType
                && Array.Exists(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ITypedId<>)))
                conventions.Properties(type).HaveConversion(typeof(TypedIdConverter<>).MakeGenericType(type));
        }
    }

    public void Map(ModelBuilder model)
    {
        foreach (var table in tables) table.Map(model);
        // TenantId is stored as tenant_id.
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
    }

    public bool Equals(TenantModel? other) => other is not null && tables.AsSpan().SequenceEqual(other.Tables);

    public override bool Equals(object? obj) => Equals(obj as TenantModel);

    public override int GetHashCode() => tables.Aggregate(tables.Length, HashCode.Combine);

    private ReadOnlySpan<TenantTables> Tables => tables;
}

/// <summary>Tells EF Core which models are the same.</summary>
internal sealed class TenantModelCacheKeys : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) => (context.GetType(), ((TenantDb)context).Tables, designTime);
}

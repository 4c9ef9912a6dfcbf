#pragma warning disable IDE0130 // The names are those of the Pgvector packages, so that they can take the place of this folder.
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Pgvector.EntityFrameworkCore;

/// <summary>Maps <c>halfvec</c> and <c>sparsevec</c> columns.</summary>
public static class VectorDbContextOptionsBuilderExtensions
{
    public static NpgsqlDbContextOptionsBuilder UseVector(this NpgsqlDbContextOptionsBuilder builder)
    {
        var core = ((IRelationalDbContextOptionsBuilderInfrastructure)builder).OptionsBuilder;
        var extension = core.Options.FindExtension<VectorOptionsExtension>() ?? new VectorOptionsExtension();
        ((IDbContextOptionsBuilderInfrastructure)core).AddOrUpdateExtension(extension);
        return builder;
    }
}

internal sealed class VectorOptionsExtension : IDbContextOptionsExtension
{
    public DbContextOptionsExtensionInfo Info => field ??= new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services) =>
        services.AddSingleton<IRelationalTypeMappingSourcePlugin, VectorTypeMappingSourcePlugin>();

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "using pgvector ";

        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["Pgvector:UseVector"] = "1";
    }
}

internal sealed class VectorTypeMappingSourcePlugin : IRelationalTypeMappingSourcePlugin
{
    public RelationalTypeMapping? FindMapping(in RelationalTypeMappingInfo mappingInfo)
    {
        if (mappingInfo.ClrType == typeof(HalfVector) || (mappingInfo.ClrType is null && mappingInfo.StoreTypeNameBase == "halfvec"))
            return new VectorTypeMapping(mappingInfo.StoreTypeName ?? "halfvec", typeof(HalfVector));
        if (mappingInfo.ClrType == typeof(SparseVector) || (mappingInfo.ClrType is null && mappingInfo.StoreTypeNameBase == "sparsevec"))
            return new VectorTypeMapping(mappingInfo.StoreTypeName ?? "sparsevec", typeof(SparseVector));
        return null;
    }
}

internal sealed class VectorTypeMapping : RelationalTypeMapping
{
    public VectorTypeMapping(string storeType, Type clrType)
        : base(storeType, clrType)
    {
    }

    private VectorTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new VectorTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => $"'{value}'::{StoreType}";
}

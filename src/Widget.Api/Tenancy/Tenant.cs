using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>A customer of the platform.</summary>
public sealed partial class Tenant : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>The tenant's name in URLs: 2 to 63 lowercase letters, digits and single hyphens.</summary>
    public required string Slug { get; init; }

    public required string Name { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when the operator has suspended the tenant; null if it is not.</summary>
    public DateTimeOffset? SuspendedAt { get; set; }

    [GeneratedRegex("^[a-z0-9](-?[a-z0-9]){1,62}$", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex SlugPattern();

    internal static void Map(ModelBuilder model)
    {
        var tenant = model.Entity<Tenant>();
        tenant.ToTable("tenants").HasKey(row => row.TenantId);
        tenant.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>A tenant's settings as last saved. A tenant that never saved any has no row.</summary>
public sealed class TenantSettingsRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required TenantSettings Settings { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    // Requests with an unknown setting are refused, but unknown settings in the database are ignored: during an upgrade, a node with a
    // newer version may have saved them.
    private static readonly JsonSerializerOptions Stored = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SkipUnknown } },
    };

    private static void SkipUnknown(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object) type.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
    }

    internal static TenantSettings Parse(string stored) => JsonSerializer.Deserialize<TenantSettings>(stored, Stored)!;

    internal static void Map(ModelBuilder model)
    {
        var settings = model.Entity<TenantSettingsRow>();
        settings.ToTable("tenant_settings").HasKey(row => row.TenantId);
        settings.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        settings.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");
        settings.Property(row => row.Settings).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => Parse(text));
    }
}

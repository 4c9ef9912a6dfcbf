using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Reps;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct RepId(Guid Value) : ITypedId<RepId>
{
    public static RepId New() => new(Guid.CreateVersion7());

    public static RepId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>A person of the tenant's staff, with whom visitors can book meetings and who looks after leads.</summary>
public sealed class RepRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required RepId Id { get; init; }

    public required string Name { get; set; }

    public required string Email { get; set; }

    /// <summary>IANA id.</summary>
    public required string TimeZone { get; set; }

    /// <summary>A <see cref="RepHours"/> as JSON; null until the hours are set.</summary>
    public string? Hours { get; set; }

    /// <summary>When the rep last got a meeting that any rep could have taken.</summary>
    public DateTimeOffset? LastAssignedAt { get; init; }

    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>Whether the rep gets no new leads.</summary>
    public bool Away { get; set; }

    /// <summary>A <see cref="RepTerritories"/> as JSON.</summary>
    public string Territories { get; set; } = "{}";

    /// <summary>Maximum number of leads that the rep gets on a day of its time zone; null for no limit.</summary>
    public int? LeadsPerDay { get; set; }

    /// <summary>When the rep last got a new lead.</summary>
    public DateTimeOffset? LastLeadAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    // Requests with an unknown field are refused, but unknown fields in the database are ignored: during an upgrade, a node with a newer
    // version may have saved them.
    private static readonly JsonSerializerOptions Stored = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SkipUnknown } },
    };

    internal RepHours ParseHours() => ParseHours(Hours);

    internal RepTerritories ParseTerritories() => JsonSerializer.Deserialize<RepTerritories>(Territories, Stored)!;

    internal static RepHours ParseHours(string? stored) =>
        stored is null ? new RepHours { Weekly = [] } : JsonSerializer.Deserialize<RepHours>(stored, Stored)!;

    private static void SkipUnknown(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object) type.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
    }

    internal static void Map(ModelBuilder model)
    {
        var rep = model.Entity<RepRow>();
        rep.ToTable("reps").HasKey(row => new { row.TenantId, row.Id });
        rep.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        rep.Property(row => row.Hours).HasColumnType("jsonb");
        rep.Property(row => row.Territories).HasColumnType("jsonb");
        rep.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

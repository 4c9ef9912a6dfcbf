using System.Text.Json.Serialization;

namespace Widget.Platform.Tenancy;

/// <summary>A customer of the platform.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct TenantId(Guid Value) : ITypedId<TenantId>
{
    public static TenantId New() => new(Guid.CreateVersion7());

    public static TenantId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

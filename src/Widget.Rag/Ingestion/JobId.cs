using System.Text.Json.Serialization;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Ingestion;

/// <summary>Id of an <see cref="IngestionJob"/>.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct JobId(Guid Value) : ITypedId<JobId>
{
    public static JobId New() => new(Guid.CreateVersion7());

    public static JobId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

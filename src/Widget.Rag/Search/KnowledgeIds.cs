using System.Text.Json.Serialization;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>Id of a source: a site, a page, uploads or imports.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct SourceId(Guid Value) : ITypedId<SourceId>
{
    public static SourceId New() => new(Guid.CreateVersion7());

    public static SourceId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct DocumentId(Guid Value) : ITypedId<DocumentId>
{
    public static DocumentId New() => new(Guid.CreateVersion7());

    public static DocumentId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>Id of a passage. Passages are what is embedded, searched and cited.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct ChunkId(Guid Value) : ITypedId<ChunkId>
{
    public static ChunkId New() => new(Guid.CreateVersion7());

    public static ChunkId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

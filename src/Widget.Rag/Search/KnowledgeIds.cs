using System.Text.Json.Serialization;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>Where documents come from: a site, single pages, uploads, the import API.</summary>
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

/// <summary>A passage of a document: what is embedded, searched and cited.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct ChunkId(Guid Value) : ITypedId<ChunkId>
{
    public static ChunkId New() => new(Guid.CreateVersion7());

    public static ChunkId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

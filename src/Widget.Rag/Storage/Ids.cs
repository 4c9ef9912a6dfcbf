using System.Text.Json.Serialization;

namespace Widget.Rag.Storage;

/// <summary>One customer of the platform.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct TenantId(Guid Value) : ITypedId<TenantId>
{
    public static TenantId New() => new(Guid.CreateVersion7());

    public static TenantId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

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

/// <summary>A durable ingestion job.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct JobId(Guid Value) : ITypedId<JobId>
{
    public static JobId New() => new(Guid.CreateVersion7());

    public static JobId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>A question with its answer, typed by a person.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct AnswerId(Guid Value) : ITypedId<AnswerId>
{
    public static AnswerId New() => new(Guid.CreateVersion7());

    public static AnswerId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>Something to show.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct DemoId(Guid Value) : ITypedId<DemoId>
{
    public static DemoId New() => new(Guid.CreateVersion7());

    public static DemoId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

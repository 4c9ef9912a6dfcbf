using System.Text.Json.Serialization;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

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

using System.Text.Json.Serialization;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

/// <summary>Id of an <see cref="Answer"/>.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct AnswerId(Guid Value) : ITypedId<AnswerId>
{
    public static AnswerId New() => new(Guid.CreateVersion7());

    public static AnswerId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>Id of a <see cref="Demo"/>.</summary>
[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct DemoId(Guid Value) : ITypedId<DemoId>
{
    public static DemoId New() => new(Guid.CreateVersion7());

    public static DemoId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

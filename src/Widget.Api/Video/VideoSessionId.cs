using System.Text.Json.Serialization;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct VideoSessionId(Guid Value) : ITypedId<VideoSessionId>
{
    public static VideoSessionId New() => new(Guid.CreateVersion7());

    public static VideoSessionId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

using System.Text.Json.Serialization;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct VoiceCallId(Guid Value) : ITypedId<VoiceCallId>
{
    public static VoiceCallId New() => new(Guid.CreateVersion7());

    public static VoiceCallId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

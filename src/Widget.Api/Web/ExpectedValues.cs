using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Widget.Api.Web;

/// <summary>Describes the valid values of a type for error messages.</summary>
internal static class ExpectedValues
{
    /// <summary>Returns the end of a sentence such as "limit must be …".</summary>
    public static string Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            var names = Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, type));
            return $"one of {string.Join(", ", names)}";
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "true or false",
            TypeCode.Int32 => $"a whole number, {int.MaxValue} at most",
            TypeCode.Int16 or TypeCode.Int64 or TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64 => "a whole number",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
            TypeCode.String => "a text of valid Unicode characters",
            TypeCode.DateTime => "a date and time such as 2026-01-31T09:00:00Z",
            _ => OfOther(type),
        };
    }

    private static string OfOther(Type type)
    {
        if (type == typeof(Guid)) return "an id such as 0198c5e2-7d3b-7a41-9c0e-2f6b8d1a4e57";
        if (type == typeof(DateTimeOffset)) return "a date and time such as 2026-01-31T09:00:00Z";
        if (type == typeof(DateOnly)) return "a date such as 2026-01-31";
        if (type == typeof(TimeOnly)) return "a time such as 09:00";
        return JsonSerializerOptions.Web.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable ? "a list" : "a JSON object";
    }
}

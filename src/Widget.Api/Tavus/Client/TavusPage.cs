using System.Text.Json;

namespace Widget.Api.Tavus.Client;

/// <summary>A page of a list.</summary>
/// <param name="Items">The entries of this page.</param>
/// <param name="TotalCount">The number of entries on all pages; null when Tavus does not report it.</param>
public sealed record TavusPage<T>(IReadOnlyList<T> Items, int? TotalCount)
{
    /// <summary>Reads <c>{"data": […], "total_count"}</c>, or a bare list.</summary>
    internal static TavusPage<T> Read(JsonElement answer, Func<TavusObject, T> read)
    {
        var list = answer.ValueKind == JsonValueKind.Array ? answer
            : answer.ValueKind == JsonValueKind.Object
                && answer.TryGetProperty("data", out var data)
                && data.ValueKind == JsonValueKind.Array
                ? data
            : throw TavusObject.Malformed("a list was expected");
        var items = new List<T>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            items.Add(
                item.ValueKind == JsonValueKind.Object
                    ? read(new TavusObject(item))
                    : throw TavusObject.Malformed("the list contains something other than objects"));
        }

        return new TavusPage<T>(items, answer.ValueKind == JsonValueKind.Object ? new TavusObject(answer).Number("total_count") : null);
    }
}

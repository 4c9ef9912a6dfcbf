using Widget.Platform.Text;

namespace Widget.Api.Conversations;

/// <summary>What a model that speaks with a visitor is told of the visit: who they say they are, where they are, and what the page says.</summary>
internal static class VisitNotes
{
    private const int LongestTrait = 200;

    /// <summary>A line each; empty when nothing is known.</summary>
    public static string Of(Visitor visitor, Conversation conversation, string? page)
    {
        var lines = new List<string>();
        var traits = visitor.Traits.Where(trait => trait.Value.Length > 0).Select(trait => $"{Line(trait.Key)}: {Truncation.Truncate(Line(trait.Value), LongestTrait)}").ToList();
        if (traits.Count > 0) lines.Add($"The visitor says of themselves (unproved): {string.Join("; ", traits)}");
        if (page is not null) lines.Add($"They are on the page {Line(page)}");
        lines.AddRange(conversation.Context.Select(entry => $"The page says: {Line(entry.Key)} = {Line(entry.Value)}"));
        return string.Join('\n', lines);
    }

    /// <summary>
    /// Something of the visitor's or of their page's as one line of what a model is told. With lines of its own it could pass for what the lines around it
    /// say: for sources, or for instructions.
    /// </summary>
    public static string Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

using Widget.Platform.Text;

namespace Widget.Api.Conversations;

/// <summary>Describes the visit to a model: who the visitor claims to be, which page they are on, and what the page says.</summary>
internal static class VisitNotes
{
    private const int MaxTraitLength = 200;

    /// <summary>Returns one fact a line. Empty if nothing is known.</summary>
    public static string Of(Visitor visitor, Conversation conversation, string? page)
    {
        var lines = new List<string>();
        var traits = visitor.Traits
            .Where(trait => trait.Value.Length > 0)
            .Select(trait => $"{Line(trait.Key)}: {Truncation.Truncate(Line(trait.Value), MaxTraitLength)}")
            .ToList();
        if (traits.Count > 0) lines.Add($"The visitor says of themselves (not verified): {string.Join("; ", traits)}");
        if (page is not null) lines.Add($"They are on the page {Line(page)}");
        lines.AddRange(conversation.Context.Select(entry => $"The page says: {Line(entry.Key)} = {Line(entry.Value)}"));
        return string.Join('\n', lines);
    }

    /// <summary>
    /// Returns text from the visitor or the page as one line of a prompt. Line breaks could make it look like other parts of the prompt,
    /// such as sources or instructions.
    /// </summary>
    public static string Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

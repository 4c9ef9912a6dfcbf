using System.Text.RegularExpressions;

namespace Widget.Simulators.OpenAI;

/// <summary>
/// Simulates a model that follows its instructions: it answers from their numbered sources and cites them, or says that they do not contain
/// the answer.
/// </summary>
internal static partial class SourceReader
{
    public static string Answer(string instructions, string question)
    {
        var asked = Words(question);
        var best = Source().Matches(instructions)
            .Select(match => (
                Number: match.Groups["number"].Value,
                Text: match.Groups["text"].Value.Trim(),
                Score: Words(match.Value).Intersect(asked, StringComparer.Ordinal).Count()))
            .OrderByDescending(source => source.Score)
            .FirstOrDefault();
        if (best.Score == 0) return "The sources do not say. Shall I bring in a person?";
        var sentences = Sentence().Matches(best.Text)
            .Select(match => match.Value.Trim())
            .OrderByDescending(sentence => Words(sentence).Intersect(asked, StringComparer.Ordinal).Count())
            .Take(2);
        return $"From what I found: **{string.Join(' ', sentences)}** [{best.Number}]";
    }

    private static HashSet<string> Words(string text) =>
        Word().Matches(text.ToLowerInvariant())
            .Select(match => match.Value)
            .Where(word => word.Length > 2)
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(
        @"^\[(?<number>\d+)\] [^\n]*\n(?<text>.*?)(?=^\[\d+\] |\z)",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Source();

    [GeneratedRegex(@"[^.!?\n]+[.!?]?", RegexOptions.None, 1000)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}

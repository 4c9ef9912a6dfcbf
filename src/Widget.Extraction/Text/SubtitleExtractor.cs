using System.Globalization;
using System.Text.RegularExpressions;

namespace Widget.Extraction;

/// <summary>
/// Reads subtitles in WebVTT (W3C) and SubRip with their times. Cues break sentences anywhere, so they are joined until a sentence ends.
/// </summary>
public sealed partial class SubtitleExtractor : IExtractor
{
    // In characters: about half a minute of speech.
    private const int MaxBlockLength = 400;

    // A longer pause starts a new block.
    private const double MaxPauseSeconds = 5;

    public bool Supports(string mediaType) => mediaType is MediaTypes.WebVtt or MediaTypes.SubRip;

    public ExtractedDocument Extract(RawDocument document)
    {
        var blocks = Read(TextDecoding.Decode(document.Content.Span, document.Charset));
        return blocks.Count > 0
            ? new ExtractedDocument(null, null, blocks)
            : throw new IngestionFailureException("This subtitle file has no lines with times such as 00:01:02.000 --> 00:01:04.000.");
    }

    /// <summary>Returns blocks with times, in order; none when the text has no cues.</summary>
    public static List<Block> Read(string subtitles) => Join(Cues(subtitles));

    /// <summary>Joins cues, in order, until a sentence ends. No text is empty.</summary>
    public static List<Block> Join(IEnumerable<(double Start, double End, string Text)> cues)
    {
        var blocks = new List<Block>();
        foreach (var (start, end, text) in cues)
        {
            if (blocks.Count > 0 && blocks[^1] is { } last && start - last.End < MaxPauseSeconds)
            {
                // Rolling captions repeat a line while the next one appears.
                if (last.Text.EndsWith(text, StringComparison.Ordinal))
                {
                    blocks[^1] = last with { End = Math.Max(last.End!.Value, end) };
                    continue;
                }

                if (last.Text.Length + text.Length < MaxBlockLength && last.Text[^1] is not ('.' or '?' or '!' or '。' or '？' or '！'))
                {
                    blocks[^1] = last with { Text = $"{last.Text} {text}", End = end };
                    continue;
                }
            }

            blocks.Add(new Block(BlockKind.Paragraph, text) { Start = start, End = end });
        }

        return blocks;
    }

    private static IEnumerable<(double Start, double End, string Text)> Cues(string subtitles)
    {
        foreach (var part in subtitles.ReplaceLineEndings("\n").Split("\n\n"))
        {
            var lines = part.Split('\n');
            var timing = Array.FindIndex(lines, line => line.Contains("-->", StringComparison.Ordinal));
            if (timing < 0 || Timing().Match(lines[timing]) is not { Success: true } match) continue;
            var spoken = Markup().Replace(string.Join(' ', lines.Skip(timing + 1)), "");
            var text = HtmlExtractor.CollapseWhiteSpace(System.Net.WebUtility.HtmlDecode(spoken));
            if (text.Length > 0) yield return (Seconds(match.Groups["start"].Value), Seconds(match.Groups["end"].Value), text);
        }
    }

    private static double Seconds(string time)
    {
        var seconds = 0.0;
        foreach (var part in time.Replace(',', '.').Split(':')) seconds = (seconds * 60) + double.Parse(part, CultureInfo.InvariantCulture);
        return seconds;
    }

    [GeneratedRegex(
        @"(?<start>(\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*(?<end>(\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Timing();

    // Voice and style tags, and SubRip positions in braces.
    [GeneratedRegex(@"<[^>\n]{0,200}>|\{\\[^}\n]{0,50}\}", RegexOptions.None, 1000)]
    private static partial Regex Markup();
}

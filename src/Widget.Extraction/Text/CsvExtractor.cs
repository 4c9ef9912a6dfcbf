using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;

namespace Widget.Extraction;

/// <summary>Reads tables of values separated by commas, semicolons, tabs or bars (RFC 4180 and variants).</summary>
public sealed partial class CsvExtractor : IExtractor
{
    public bool Supports(string mediaType) => mediaType == MediaTypes.Csv;

    public ExtractedDocument Extract(RawDocument document)
    {
        var text = TextDecoding.Decode(document.Content.Span, document.Charset);
        if (text.Length > 2 * Extractors.MaxTextLength) throw new IngestionFailureException(Extractors.TooLong);
        // Spreadsheet programs read the separator from a first line such as "sep=;", which is not a row.
        var stated = StatedDelimiter().Match(text);
        if (stated.Success) text = text[stated.Length..];
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = stated.Success ? stated.Groups["delimiter"].Value : DetectDelimiter(text),
            HasHeaderRecord = false,
            BadDataFound = null, // quotes in unexpected places are kept as text
            MissingFieldFound = null,
            IgnoreBlankLines = false,
        };
        using var parser = new CsvParser(new StringReader(text), configuration);
        var rows = new RowBlocks();
        while (parser.Read())
        {
            var cells = new SortedDictionary<int, RowBlocks.Cell>();
            for (var column = 0; column < parser.Count; column++)
            {
                var value = HtmlExtractor.CollapseWhiteSpace(parser[column]);
                if (value.Length > 0)
                    cells[column] = new RowBlocks.Cell(value, IsText: !char.IsAsciiDigit(value[0]) && value[0] is not ('-' or '+'));
            }

            rows.Add(parser.Row, cells);
        }

        return new ExtractedDocument(null, null, rows.Finish());
    }

    // Chooses the delimiter that occurs equally often, outside quotes, in most of the first lines.
    private static string DetectDelimiter(string text)
    {
        var lines = text.Split('\n', 21).Take(20).Where(line => line.Trim().Length > 0).ToList();
        return new[] { ",", ";", "\t", "|" }
            .Select(delimiter =>
            {
                var counts = lines.ConvertAll(line => Count(line, delimiter[0]));
                var usual = counts.GroupBy(count => count).OrderByDescending(group => group.Count()).FirstOrDefault();
                return (delimiter, usual: usual?.Key ?? 0, lines: usual?.Key > 0 ? usual.Count() : 0);
            })
            .OrderByDescending(candidate => candidate.lines)
            .ThenByDescending(candidate => candidate.usual)
            .First().delimiter;
    }

    private static int Count(string line, char delimiter)
    {
        var (count, quoted) = (0, false);
        foreach (var character in line)
        {
            if (character == '"') quoted = !quoted;
            else if (!quoted && character == delimiter) count++;
        }

        return count;
    }

    [GeneratedRegex(
        """^"?sep=(?<delimiter>[^\r\n"])"?[ \t]*(\r\n|\n|\r|$)""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex StatedDelimiter();
}

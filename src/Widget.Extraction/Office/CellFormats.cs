using System.Globalization;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Widget.Extraction;

/// <summary>Formats a sheet's numbers as displayed, for example dates and percentages (ECMA-376 part 1, 18.8.30 and 18.8.31).</summary>
internal sealed class CellFormats
{
    private readonly string[] _codes;
    private readonly bool _from1904;

    public CellFormats(WorkbookPart main)
    {
        _from1904 = main.Workbook.WorkbookProperties?.Date1904?.Value ?? false;
        var sheet = main.WorkbookStylesPart?.Stylesheet;
        var own = (sheet?.NumberingFormats?.Elements<NumberingFormat>() ?? [])
            .Where(format => format.NumberFormatId is not null)
            .GroupBy(format => format.NumberFormatId!.Value)
            .ToDictionary(group => group.Key, group => group.First().FormatCode?.Value ?? "");
        _codes = [.. (sheet?.CellFormats?.Elements<CellFormat>() ?? []).Select(format => Code(format.NumberFormatId?.Value ?? 0, own))];
    }

    /// <summary>Formats a cell's value, which the file stores as a plain number.</summary>
    public string Format(string raw, uint? style)
    {
        if (!double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return HtmlExtractor.CollapseWhiteSpace(raw);
        var code = style is { } index && index < _codes.Length ? _codes[index] : "";
        var pattern = PatternOf(code);
        if (pattern.AsSpan().ContainsAny("yd")
            || (pattern.Contains('m', StringComparison.Ordinal) && !pattern.Contains('0', StringComparison.Ordinal))
            || pattern.AsSpan().ContainsAny("hs"))
            return FormatDate(number, pattern) ?? FormatNumber(number);
        return pattern.Contains('%', StringComparison.Ordinal) ? $"{FormatNumber(Math.Round(number * 100, 6))} %" : FormatNumber(number);
    }

    /// <summary>Whether a style displays nothing. The format ";;;" hides every value and ";;" hides numbers.</summary>
    public bool IsHidden(uint? style, bool isText) =>
        style is { } index && index < _codes.Length && _codes[index].Trim() is var code && (code == ";;;" || (code == ";;" && !isText));

    private static string Code(uint id, Dictionary<uint, string> own) => own.GetValueOrDefault(id) ?? id switch
    {
        9 or 10 => "0%",
        >= 14 and <= 17 => "yyyy-mm-dd",
        >= 18 and <= 21 => "hh:mm",
        22 => "yyyy-mm-dd hh:mm",
        >= 45 and <= 47 => "mm:ss",
        _ => "",
    };

    // The first section of a format code, without colours, conditions and literal text, which may contain any letter.
    private static string PatternOf(string code)
    {
        var pattern = new System.Text.StringBuilder();
        var (quoted, bracketed) = (false, false);
        for (var i = 0; i < code.Length; i++)
        {
            if (code[i] == '"') quoted = !quoted;
            else if (quoted) continue;
            else if (code[i] == '\\') i++;
            else if (code[i] == '[') bracketed = true;
            else if (code[i] == ']') bracketed = false;
            else if (code[i] == ';') break;
            else if (!bracketed) pattern.Append(char.ToLowerInvariant(code[i]));
        }

        return pattern.Replace("general", "").ToString();
    }

    private string? FormatDate(double number, string pattern)
    {
        var days = _from1904 ? number + 1462 : number;
        if (days is < 0 or > 2_958_465) return null;
        var time = DateTime.FromOADate(days);
        var (date, clock) = (pattern.AsSpan().ContainsAny("yd"), pattern.AsSpan().ContainsAny("hs"));
        return time.ToString(date ? clock ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd" : clock ? "HH:mm" : "yyyy-MM", CultureInfo.InvariantCulture);
    }

    // Spreadsheets calculate with fifteen digits. More digits would show rounding errors of binary fractions.
    private static string FormatNumber(double number) => number.ToString("G15", CultureInfo.InvariantCulture);
}

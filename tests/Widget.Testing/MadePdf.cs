using System.Globalization;
using System.Text;

namespace Widget.Testing;

/// <summary>Creates PDF files for tests: any number of pages, empty, with drawings or with text.</summary>
public static class MadePdf
{
    /// <summary>An empty page.</summary>
    public const string Empty = "";

    /// <summary>A page with black bars and no text.</summary>
    public const string Drawn = "0 0 0 rg 100 300 300 200 re f 100 600 300 40 re f";

    public static byte[] Of(int pages, string content) => Of([.. Enumerable.Repeat(content, pages)]);

    /// <param name="pages">The content of each page in PDF operators. <see cref="Text"/> creates text.</param>
    public static byte[] Of(params IReadOnlyList<string> pages)
    {
        var pdf = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        void Add(string body)
        {
            offsets.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{offsets.Count} 0 obj{body}endobj\n");
        }

        Add("<</Type/Catalog/Pages 2 0 R>>");
        Add(
            "<</Type/Pages/Count "
                + $"{pages.Count}/Kids[{string.Join(' ', Enumerable.Range(0, pages.Count).Select(i => $"{4 + (2 * i)} 0 R"))}]>>");
        Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
        foreach (var content in pages)
        {
            Add($"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {offsets.Count + 2} 0 R>>");
            Add($"<</Length {content.Length}>>stream\n{content}\nendstream ");
        }

        var table = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets) pdf.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        pdf.Append(CultureInfo.InvariantCulture, $"trailer<</Root 1 0 R/Size {offsets.Count + 1}>>\nstartxref\n{table}\n%%EOF");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }

    public static string Text(string text) => $"BT /F 14 Tf 72 700 Td ({text}) Tj ET";
}

using System.IO.Compression;
using System.Text;

namespace Widget.Rag.Tests.Extraction;

/// <summary>Makes small office files from the XML of their main parts.</summary>
internal static class OfficeFiles
{
    private const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string SpreadsheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    /// <summary>A workbook.</summary>
    /// <param name="sheets">Name, state ("visible", "hidden" or "veryHidden") and content of each sheet.</param>
    public static RawDocument Workbook(params (string Name, string State, string Xml)[] sheets) => Workbook("", sheets);

    /// <summary>A workbook with more content after its list of sheets.</summary>
    public static RawDocument Workbook(string more, params (string Name, string State, string Xml)[] sheets)
    {
        var (list, relations, types) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        var parts = new List<(string, string)>();
        for (var i = 1; i <= sheets.Length; i++)
        {
            var (name, state, xml) = sheets[i - 1];
            list.Append($"<sheet name=\"{name}\" sheetId=\"{i}\" state=\"{state}\" r:id=\"r{i}\"/>");
            relations.Append($"<Relationship Id=\"r{i}\" Type=\"{Relationships}/worksheet\" Target=\"sheet{i}.xml\"/>");
            types.Append($"<Override PartName=\"/xl/sheet{i}.xml\" ContentType=\"{SpreadsheetType}.worksheet+xml\"/>");
            parts.Add(($"xl/sheet{i}.xml", $"<worksheet xmlns=\"{Spreadsheet}\">{xml}</worksheet>"));
        }

        relations.Append($"<Relationship Id=\"styles\" Type=\"{Relationships}/styles\" Target=\"styles.xml\"/>");
        types.Append($"<Override PartName=\"/xl/styles.xml\" ContentType=\"{SpreadsheetType}.styles+xml\"/>");
        // Style 1 shows nothing. Style 2 shows the month and the year.
        parts.Add(
            ("xl/styles.xml", $"""
                <styleSheet xmlns="{Spreadsheet}"><numFmts count="1"><numFmt numFmtId="170" formatCode=";;;"/></numFmts>
                <cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="17"/></cellXfs></styleSheet>
                """));
        parts.Add((
            "xl/workbook.xml",
            $"<workbook xmlns=\"{Spreadsheet}\" xmlns:r=\"{Relationships}\"><sheets>{list}</sheets>{more}</workbook>"));
        return new RawDocument(
            Package("xl/workbook.xml", $"{SpreadsheetType}.sheet.main+xml", types.ToString(), relations.ToString(), parts),
            MediaTypes.Xlsx);
    }

    /// <summary>A row of a sheet. Values are texts, numbers, or null for an empty cell.</summary>
    public static string Row(int number, string attributes, params object?[] values)
    {
        var cells = values.Select((value, i) => value switch
        {
            null => "",
            string text => $"<c r=\"{(char)('A' + i)}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>",
            _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"<c r=\"{(char)('A' + i)}{number}\"><v>{value}</v></c>"),
        });
        return $"<row r=\"{number}\" {attributes}>{string.Concat(cells)}</row>";
    }

    /// <summary>A Word document.</summary>
    /// <param name="body">The content of its body. The prefixes w, mc, wps and v are declared.</param>
    /// <param name="title">Its title in the document's properties.</param>
    public static RawDocument Word(string body, string? title = null)
    {
        const string WordType = "application/vnd.openxmlformats-officedocument.wordprocessingml";
        var xml = $"""
            <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
              xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"
              xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
              xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
              xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" mc:Ignorable="wps">
            <w:body>{body}</w:body></w:document>
            """;
        var styles = $"""
            <w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
            <w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style></w:styles>
            """;
        return new RawDocument(
            Package(
                "word/document.xml",
                $"{WordType}.document.main+xml",
                $"<Override PartName=\"/word/styles.xml\" ContentType=\"{WordType}.styles+xml\"/>",
                $"<Relationship Id=\"styles\" Type=\"{Relationships}/styles\" Target=\"styles.xml\"/>",
                [("word/document.xml", xml), ("word/styles.xml", styles)],
                title),
            MediaTypes.Docx);
    }

    /// <summary>A presentation.</summary>
    /// <param name="slides">The attributes and shapes of each slide.</param>
    public static RawDocument Presentation(params (string Attributes, string Shapes)[] slides)
    {
        const string Type = "application/vnd.openxmlformats-officedocument.presentationml";
        const string Names = "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" "
            + $"xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"{Relationships}\"";
        const string Group = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>";
        var (list, relations, types) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        var parts = new List<(string, string)>();
        for (var i = 1; i <= slides.Length; i++)
        {
            var (attributes, shapes) = slides[i - 1];
            list.Append($"<p:sldId id=\"{255 + i}\" r:id=\"s{i}\"/>");
            relations.Append($"<Relationship Id=\"s{i}\" Type=\"{Relationships}/slide\" Target=\"slide{i}.xml\"/>");
            types.Append($"<Override PartName=\"/ppt/slide{i}.xml\" ContentType=\"{Type}.slide+xml\"/>");
            parts.Add(($"ppt/slide{i}.xml", $"<p:sld {Names} {attributes}><p:cSld><p:spTree>{Group}{shapes}</p:spTree></p:cSld></p:sld>"));
        }

        parts.Add(("ppt/presentation.xml", $"<p:presentation {Names}><p:sldIdLst>{list}</p:sldIdLst></p:presentation>"));
        return new RawDocument(
            Package("ppt/presentation.xml", $"{Type}.presentation.main+xml", types.ToString(), relations.ToString(), parts),
            MediaTypes.Pptx);
    }

    /// <summary>A shape with a text.</summary>
    public static string Shape(string text, string attributes = "") =>
        $"<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"s\" {attributes}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>"
            + $"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>";

    private static byte[] Package(
        string main,
        string mainType,
        string types,
        string relations,
        IEnumerable<(string Name, string Xml)> parts,
        string? title = null)
    {
        const string Packages = "http://schemas.openxmlformats.org/package/2006";
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            void Write(string name, string xml)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(xml));
            }

            Write(
                "[Content_Types].xml",
                $"""
                <Types xmlns="{Packages}/content-types">
                <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
                <Override PartName="/{main}" ContentType="{mainType}"/>{types}
                <Override PartName="/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>
                """);
            Write(
                "_rels/.rels",
                $"""
                <Relationships xmlns="{Packages}/relationships">
                <Relationship Id="main" Type="{Relationships}/officeDocument" Target="{main}"/>
                <Relationship Id="core" Type="{Packages}/relationships/metadata/core-properties" Target="core.xml"/></Relationships>
                """);
            Write(
                $"{Path.GetDirectoryName(main)}/_rels/{Path.GetFileName(main)}.rels",
                $"<Relationships xmlns=\"{Packages}/relationships\">{relations}</Relationships>");
            Write(
                "core.xml",
                $"""
                <cp:coreProperties xmlns:cp="{Packages}/metadata/core-properties"
                  xmlns:dc="http://purl.org/dc/elements/1.1/">{(title is null ? "" : $"<dc:title>{title}</dc:title>")}</cp:coreProperties>
                """);
            foreach (var (name, xml) in parts) Write(name, xml);
        }

        return stream.ToArray();
    }
}

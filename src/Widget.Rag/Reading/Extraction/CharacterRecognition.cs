using System.Text;

namespace Widget.Rag.Reading.Extraction;

/// <summary>Recognises text in images with tesseract (package tesseract-ocr), in those of the languages below that are installed.</summary>
internal static class CharacterRecognition
{
    public const string Program = "tesseract";

    private static readonly ChildLimits Limits = new(TimeSpan.FromSeconds(60), 1L << 30, 4 << 20);
    private static readonly ChildLimits Short = new(TimeSpan.FromSeconds(10), 1L << 30, 64 << 10);

    // More languages make recognition slower, and no better for these.
    private static readonly string[] Languages = ["eng", "deu", "spa", "fra", "ita", "por"];

    private static string? _languages;

    public static bool IsInstalled => ChildProcess.Has(Program);

    /// <summary>Returns an image's text by paragraph; empty when there is none.</summary>
    /// <exception cref="IngestionFailureException">tesseract is not installed, cannot read the image, or exceeded a limit.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(ReadOnlyMemory<byte> image, CancellationToken ct)
    {
        var languages = _languages ??= await LanguagesAsync(ct);
        var result = await ChildProcess.RunAsync(Program, ["stdin", "stdout", "-l", languages], image, Limits, ct);
        if (result.ExitCode != 0) throw new IngestionFailureException("This image is damaged and could not be read.");
        return [.. TextExtractor.Paragraphs(Encoding.UTF8.GetString(result.Output)).Where(IsText)];
    }

    // Edges and spots are often recognised as single characters.
    private static bool IsText(string paragraph) =>
        paragraph.Count(char.IsLetterOrDigit) >= 3 && paragraph.Count(char.IsLetterOrDigit) * 2 >= paragraph.Length;

    private static async Task<string> LanguagesAsync(CancellationToken ct)
    {
        var listed = await ChildProcess.RunAsync(Program, ["--list-langs"], default, Short, ct);
        var installed = Encoding.UTF8.GetString(listed.Output).Split('\n', StringSplitOptions.TrimEntries);
        var chosen = Languages.Where(installed.Contains).ToList();
        return chosen.Count > 0 ? string.Join('+', chosen) : "eng";
    }
}

using System.Text;

namespace Widget.Rag.Reading.Extraction;

/// <summary>
/// Finds the blank pages of a PDF by rendering them very small. That takes milliseconds, while text recognition takes seconds.
/// </summary>
internal static class BlankPages
{
    /// <summary>Number of pages that are checked together.</summary>
    public const int Batch = 32;

    // About 17 dots per inch for an A4 page. At this size a line of small print is still visible as grey.
    private const int Pixels = 200;

    // Out of 255. Scanned paper varies more.
    private const int MinContrast = 3;

    private static readonly ChildLimits Limits = new(TimeSpan.FromSeconds(60), 1L << 30, Batch * Pixels * (Pixels + 1));

    /// <param name="pdf">The document.</param>
    /// <param name="first">First page, from 1.</param>
    /// <param name="last">Last page, at most <see cref="Batch"/> pages in all.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <returns>The blank pages. A page that could not be rendered does not count as blank.</returns>
    public static async Task<IReadOnlySet<int>> FindAsync(ReadOnlyMemory<byte> pdf, int first, int last, CancellationToken ct)
    {
        var blank = new HashSet<int>();
        try
        {
            var drawn = await ChildProcess.RunAsync(
                "pdftoppm",
                ["-scale-to", $"{Pixels}", "-gray", "-f", $"{first}", "-l", $"{last}", "-"],
                pdf,
                Limits,
                ct);
            ReadOnlySpan<byte> rest = drawn.Output;
            for (var page = first; page <= last && Next(ref rest) is { } contrast; page++)
                if (contrast < MinContrast) blank.Add(page);
        }
        catch (IngestionFailureException)
        {
            // Rendering may still work for individual pages.
        }

        return blank;
    }

    // Concatenated Netpbm PGM images: "P5", width, height, the maximum value, and one byte per pixel. Returns the range of each image's
    // pixels.
    private static int? Next(ref ReadOnlySpan<byte> rest)
    {
        Span<int> numbers = stackalloc int[3];
        if (!rest.StartsWith("P5"u8)) return null;
        rest = rest[2..];
        for (var i = 0; i < numbers.Length; i++)
        {
            rest = rest.TrimStart(" \n"u8);
            var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits <= 0 || !int.TryParse(Encoding.ASCII.GetString(rest[..digits]), out numbers[i])) return null;
            rest = rest[digits..];
        }

        var size = (long)numbers[0] * numbers[1];
        if (rest.Length < size + 1) return null;
        var (least, most) = (byte.MaxValue, byte.MinValue);
        foreach (var pixel in rest.Slice(1, (int)size)) (least, most) = (Math.Min(least, pixel), Math.Max(most, pixel));
        rest = rest[(int)(size + 1)..];
        return most - least;
    }
}

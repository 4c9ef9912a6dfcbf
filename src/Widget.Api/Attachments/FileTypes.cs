using System.Text;
using Widget.Platform.Text;

namespace Widget.Api.Attachments;

/// <summary>Which files are allowed. The content decides, because a name or a header can claim anything.</summary>
internal static class FileTypes
{
    /// <summary>The error for a file of another type.</summary>
    public const string NotAllowed = "Only pictures (PNG, JPEG, GIF, WebP) and PDF files can be sent.";

    public const string Pdf = "application/pdf";

    private const int MaxNameLength = 120;

    /// <summary>Returns the media type. Null if it is none of the allowed ones.</summary>
    public static string? Of(ReadOnlySpan<byte> content) =>
        content is [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] ? "image/png"
        : content is [0xFF, 0xD8, 0xFF, ..] ? "image/jpeg"
        : content.StartsWith("GIF87a"u8) || content.StartsWith("GIF89a"u8) ? "image/gif"
        : content.Length > 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8) ? "image/webp"
        : content.StartsWith("%PDF-"u8) ? Pdf
        : null;

    /// <summary>
    /// Returns a name for people, without folders and invisible characters, and with the extension of the type.
    /// </summary>
    public static string NameOf(string? given, string type)
    {
        var name = (given ?? "").Split('/', '\\')[^1];
        var visible = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
            if (!Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.Format) visible.Append(rune);
        name = visible.ToString().Trim(' ', '.');
        string[] extensions = type switch
        {
            "image/png" => [".png"],
            "image/jpeg" => [".jpg", ".jpeg"],
            "image/gif" => [".gif"],
            "image/webp" => [".webp"],
            _ => [".pdf"],
        };
        if (Array.Exists(extensions, extension => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)))
            name = name[..name.LastIndexOf('.')];
        name = Truncation.Truncate(name, MaxNameLength).Trim();
        return (name.Length == 0 ? "file" : name) + extensions[0];
    }
}

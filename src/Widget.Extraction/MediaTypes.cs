namespace Widget.Extraction;

/// <summary>The supported formats.</summary>
public static class MediaTypes
{
    public const string Html = "text/html";
    public const string Markdown = "text/markdown";
    public const string Text = "text/plain";
    public const string Csv = "text/csv";
    public const string WebVtt = "text/vtt";
    public const string SubRip = "application/x-subrip";
    public const string Pdf = "application/pdf";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    public const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";
    public const string WebP = "image/webp";
    public const string Gif = "image/gif";
    public const string Tiff = "image/tiff";
    public const string Bmp = "image/bmp";
    public const string Mp3 = "audio/mpeg";
    public const string Wav = "audio/wav";
    public const string M4a = "audio/mp4";
    public const string Ogg = "audio/ogg";
    public const string Flac = "audio/flac";
    public const string Mp4 = "video/mp4";
    public const string WebM = "video/webm";
    public const string QuickTime = "video/quicktime";
    public const string Matroska = "video/x-matroska";

    /// <summary>The supported formats in words, for messages.</summary>
    public const string SupportedFormats =
        "HTML, Markdown, plain text, CSV, PDF, DOCX, PPTX, XLSX, images (PNG, JPEG, WebP, GIF, TIFF, BMP), audio (MP3, WAV, M4A, "
            + "OGG, FLAC), "
        + "video (MP4, WebM, MOV, MKV) and subtitles (VTT, SRT)";

    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = Html,
        [".htm"] = Html,
        [".xhtml"] = Html,
        [".md"] = Markdown,
        [".markdown"] = Markdown,
        [".txt"] = Text,
        [".text"] = Text,
        [".csv"] = Csv,
        [".tsv"] = Csv,
        [".vtt"] = WebVtt,
        [".srt"] = SubRip,
        [".pdf"] = Pdf,
        [".docx"] = Docx,
        [".pptx"] = Pptx,
        [".xlsx"] = Xlsx,
        [".png"] = Png,
        [".jpg"] = Jpeg,
        [".jpeg"] = Jpeg,
        [".webp"] = WebP,
        [".gif"] = Gif,
        [".tif"] = Tiff,
        [".tiff"] = Tiff,
        [".bmp"] = Bmp,
        [".mp3"] = Mp3,
        [".wav"] = Wav,
        [".m4a"] = M4a,
        [".ogg"] = Ogg,
        [".oga"] = Ogg,
        [".opus"] = Ogg,
        [".flac"] = Flac,
        [".mp4"] = Mp4,
        [".m4v"] = Mp4,
        [".webm"] = WebM,
        [".mov"] = QuickTime,
        [".mkv"] = Matroska,
    };

    private static readonly HashSet<string> Known = [.. ByExtension.Values];

    /// <summary>Whether the format is text.</summary>
    public static bool IsText(string mediaType) => mediaType is Html or Markdown or Text or Csv or WebVtt or SubRip;

    /// <summary>Whether the format is an image.</summary>
    public static bool IsImage(string mediaType) => mediaType.StartsWith("image/", StringComparison.Ordinal);

    /// <summary>Whether the format is audio or video.</summary>
    public static bool IsAudioOrVideo(string mediaType) =>
        mediaType.StartsWith("audio/", StringComparison.Ordinal) || mediaType.StartsWith("video/", StringComparison.Ordinal);

    /// <summary>
    /// The format of a page found by a link. A declared HTML type takes precedence over the address's extension, because code hosts show
    /// README.md as an HTML page. Null for formats that a crawl does not read: images and recordings are read only if added explicitly.
    /// </summary>
    public static string? OfPage(Uri address, string declared)
    {
        var format = Of("", declared) == Html ? Html : Of(address.AbsolutePath, declared);
        return format is null || IsImage(format) || IsAudioOrVideo(format) ? null : format;
    }

    /// <summary>
    /// The format of a file: by its extension, because browsers and servers often declare Markdown as plain text or not at all, otherwise
    /// by the declared type. Null when it is not supported.
    /// </summary>
    public static string? Of(string fileName, string? declared)
    {
        if (ByExtension.TryGetValue(Path.GetExtension(fileName), out var known)) return known;
        var type = declared?.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            "application/xhtml+xml" => Html,
            "text/x-markdown" => Markdown,
            "application/csv" or "text/tab-separated-values" => Csv,
            "text/srt" or "application/srt" => SubRip,
            "application/x-pdf" => Pdf,
            "image/jpg" => Jpeg,
            "image/x-ms-bmp" => Bmp,
            "audio/mp3" => Mp3,
            "audio/x-wav" or "audio/wave" => Wav,
            "audio/x-m4a" or "audio/m4a" => M4a,
            "audio/opus" or "application/ogg" => Ogg,
            "audio/x-flac" => Flac,
            "audio/webm" => WebM,
            "video/matroska" => Matroska,
            var other => other,
        };
        return type is not null && Known.Contains(type) ? type : null;
    }
}

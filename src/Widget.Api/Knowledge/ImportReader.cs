using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;

namespace Widget.Api.Knowledge;

/// <summary>Reads an import while it arrives: one JSON object per line. If a line is invalid, only that line fails.</summary>
internal static class ImportReader
{
    /// <summary>The largest line, in bytes.</summary>
    public const int MaxLineBytes = 8 << 20;

    // White space, and the bytes of UTF-16 and of byte-order marks.
    private static readonly SearchValues<byte> Blank = SearchValues.Create([.. " \t\r\n\0"u8, 0xEF, 0xBB, 0xBF, 0xFE, 0xFF]);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new StorableStringConverter() } };

    public static async IAsyncEnumerable<ImportedDocument> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in LineReader.ReadAsync(body, MaxLineBytes, ct))
        {
            if (line.IsTooLong)
            {
                yield return Failed(
                    $"line {line.Number}",
                    $"This line is longer than {MaxLineBytes >> 20} MB, the limit for a line. Split the document.");
            }
            else if (Parse(line.Bytes.Span.Trim(" \r\t"u8), line.Number) is { } document) yield return document;
        }
    }

    /// <summary>Whether a body has anything but white space, in any of the encodings.</summary>
    public static async Task<bool> HasContentAsync(Stream body, CancellationToken ct)
    {
        var buffer = new byte[4_096];
        while (await body.ReadAsync(buffer, ct) is > 0 and var count)
            if (buffer.AsSpan(0, count).ContainsAnyExcept(Blank)) return true;
        return false;
    }

    // Null for an empty line.
    private static ImportedDocument? Parse(ReadOnlySpan<byte> line, int number)
    {
        if (line.IsEmpty) return null;
        if (!Utf8.IsValid(line)) return Failed($"line {number}", "This line is not valid UTF-8.");
        ImportLine? parsed;
        try
        {
            parsed = JsonSerializer.Deserialize<ImportLine>(line, Json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an unpaired surrogate.
            parsed = null;
        }

        if (parsed is not { Id: not null, Title: not null, Text: not null })
            return Failed($"line {number}", "This line is not a JSON object like {\"id\": …, \"title\": …, \"text\": …}.");
        var id = parsed.Id;
        if (id.Length is 0 or > 500) return Failed($"line {number}", "The id must have 1 to 500 characters.");
        if (!VisibleText.IsVisible(id)) return Failed($"line {number}", "The id must have a visible character.");
        if (!VisibleText.IsVisible(parsed.Text)) return Failed(id, $"The text of this document (line {number}) is empty.");
        if (parsed.Url is { Length: > PageAddress.MaxLength })
            return Failed(id, $"The url must have at most {PageAddress.MaxLength} characters.");
        if (parsed.Url is not null && !IsWebAddress(parsed.Url)) return Failed(id, "The url must be an absolute http or https address.");
        if (parsed.Language is { } language && !Validation.IsLanguage(language)) return Failed(id, Validation.LanguageError);
        if (KnowledgeRules.Tags(parsed.Tags) is { } problem) return Failed(id, problem.Error);
        var mediaType = parsed.Format switch
        {
            null or "text" => MediaTypes.Text,
            "markdown" => MediaTypes.Markdown,
            "html" => MediaTypes.Html,
            _ => null,
        };
        if (mediaType is null) return Failed(id, "The format must be text, markdown or html.");
        return new ImportedDocument(
            id,
            new DocumentDescription
            {
                Title = parsed.Title,
                Url = parsed.Url,
                Language = parsed.Language,
                Tags = KnowledgeRules.TrimAll(parsed.Tags),
                MediaType = mediaType,
            },
            Encoding.UTF8.GetBytes(parsed.Text));
    }

    internal static bool IsWebAddress(string text) =>
        text.Length <= PageAddress.MaxLength
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https"
        // The stored form is longer, because it has escaped letters.
        && address.AbsoluteUri.Length <= PageAddress.MaxLength;

    private static ImportedDocument Failed(string id, string error) => new(id, new DocumentDescription(), [], error);
}

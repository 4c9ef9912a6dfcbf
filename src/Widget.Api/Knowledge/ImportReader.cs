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
        if (string.IsNullOrWhiteSpace(parsed.Text) && string.IsNullOrWhiteSpace(parsed.Title))
            return Failed(id, "This document has no text.");
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
            // A document may consist of its title only.
            Encoding.UTF8.GetBytes(string.IsNullOrWhiteSpace(parsed.Text) ? parsed.Title : parsed.Text));
    }

    internal static bool IsWebAddress(string text) =>
        text.Length <= PageAddress.MaxLength
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https"
        // The stored form is longer, because it has escaped letters.
        && address.AbsoluteUri.Length <= PageAddress.MaxLength;

    private static ImportedDocument Failed(string id, string error) => new(id, new DocumentDescription(), [], error);
}

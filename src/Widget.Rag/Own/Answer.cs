using System.Text;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Own;

/// <summary>A question and its answer, typed by a person. Searches find it through a document whose title is the question.</summary>
public sealed class Answer : ITenantOwned, ITypedEntry
{
    public required TenantId TenantId { get; init; }

    public required AnswerId Id { get; init; }

    public required SourceId SourceId { get; init; }

    public required string Question { get; set; }

    /// <summary>The answer, in Markdown.</summary>
    public required string Text { get; set; }

    /// <summary>Other ways to ask the question. Searches match them; they are never shown.</summary>
    public string[] Alternatives { get; set; } = [];

    public string? Url { get; set; }

    /// <summary>ISO 639-1; detected from the text when null.</summary>
    public string? Language { get; set; }

    public string[] Tags { get; set; } = [];

    public DateTimeOffset UpdatedAt { get; set; }

    string ITypedEntry.ExternalId => Id.ToString();

    ImportedDocument ITypedEntry.ToDocument() => new(
        Id.ToString(),
        new DocumentDescription
        {
            Title = Question,
            Url = Url,
            Language = Language,
            Tags = Tags,
            MediaType = MediaTypes.Markdown,
            Kind = DocumentKind.Answer,
            Aliases = Alternatives.Length > 0 ? Alternatives : null,
        },
        Encoding.UTF8.GetBytes(Text));

    internal static void Map(ModelBuilder model)
    {
        var answer = model.Entity<Answer>();
        answer.ToTable("answers").HasKey(row => new { row.TenantId, row.Id });
        answer.HasOne<Source>().WithMany().HasForeignKey(row => new { row.TenantId, row.SourceId });
    }
}

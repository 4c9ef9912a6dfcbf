using System.Text;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Own;

public enum DemoKind
{
    /// <summary>A video, or a part of one.</summary>
    Video,
    Image,

    /// <summary>A page of a presentation.</summary>
    Slide,

    /// <summary>A web page that can be embedded.</summary>
    Page,
}

/// <summary>Something the assistant can show. Searches find it through a document that says what it shows and when to show it.</summary>
public sealed class Demo : ITenantOwned, ITypedEntry
{
    public required TenantId TenantId { get; init; }

    public required DemoId Id { get; init; }

    public required SourceId SourceId { get; init; }

    public required DemoKind Kind { get; set; }

    public required string Url { get; set; }

    /// <summary>Start in a video, in seconds; null for its beginning.</summary>
    public double? StartAt { get; set; }

    /// <summary>End in a video, in seconds; null for its end.</summary>
    public double? EndAt { get; set; }

    /// <summary>The slide, from 1.</summary>
    public int? Page { get; set; }

    public required string Title { get; set; }

    /// <summary>What it shows.</summary>
    public string Description { get; set; } = "";

    /// <summary>The questions or needs of a visitor for which to show it.</summary>
    public required string ShowWhen { get; set; }

    /// <summary>ISO 639-1; detected from the text when null.</summary>
    public string? Language { get; set; }

    public string[] Tags { get; set; } = [];

    public DateTimeOffset UpdatedAt { get; set; }

    string ITypedEntry.ExternalId => Id.ToString();

    ImportedDocument ITypedEntry.ToDocument() => new(
        Id.ToString(),
        new DocumentDescription
        {
            Title = Title,
            Url = Url,
            Language = Language,
            Tags = Tags,
            MediaType = MediaTypes.Text,
            Kind = DocumentKind.Demo,
            Start = StartAt,
            End = EndAt,
            Page = Page,
            // Searches find a demo by when to show it. Visitors never see this instruction.
            Aliases = [ShowWhen],
        },
        Encoding.UTF8.GetBytes(string.IsNullOrWhiteSpace(Description) ? Title : Description));

    internal static void Map(ModelBuilder model)
    {
        var demo = model.Entity<Demo>();
        demo.ToTable("demos").HasKey(row => new { row.TenantId, row.Id });
        demo.HasOne<Source>().WithMany().HasForeignKey(row => new { row.TenantId, row.SourceId });
        demo.Property(row => row.Kind).HasConversion(kind => kind.ToString().ToLowerInvariant(), text => Enum.Parse<DemoKind>(text, true));
    }
}

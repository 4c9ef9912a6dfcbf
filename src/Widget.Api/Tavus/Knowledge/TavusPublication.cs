using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Api.Tavus.Knowledge;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct TavusPublicationId(Guid Value) : ITypedId<TavusPublicationId>
{
    public static TavusPublicationId New() => new(Guid.CreateVersion7());

    public static TavusPublicationId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>
/// A document of ours that is published at Tavus. A document gets a new id when it is read again, so a publication refers to its source and
/// its id within the source.
/// </summary>
public sealed class TavusPublication : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required TavusPublicationId Id { get; init; }

    public required SourceId SourceId { get; init; }

    public required string ExternalId { get; init; }

    public required string Title { get; set; }

    /// <summary>Hash of the content that is at Tavus or being sent there; null before the first time.</summary>
    public byte[]? ContentHash { get; set; }

    public string? TavusDocumentId { get; set; }

    /// <summary>
    /// <see cref="TavusAccount.Fingerprint"/> of the account that holds the copy. A new key of the same account also changes it.
    /// </summary>
    public string? Account { get; set; }

    public required TavusPublicationStatus Status { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset? PublishedAt { get; set; }

    public TavusPublicationState ToContract() =>
        new(SourceId.Value, ExternalId, VisibleText.Line(Title), Status, TavusDocumentId, Error, PublishedAt);

    internal static void Map(ModelBuilder model)
    {
        var publication = model.Entity<TavusPublication>();
        publication.ToTable("tavus_publications").HasKey(row => new { row.TenantId, row.Id });
        publication.Property(row => row.Status).HasConversion(
            status => status.ToString().ToLowerInvariant(),
            text => Enum.Parse<TavusPublicationStatus>(text, true));
    }
}

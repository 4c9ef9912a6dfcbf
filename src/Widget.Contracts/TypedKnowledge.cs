using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<EntryStatusName>))]
public enum EntryStatusName
{
    /// <summary>Saved and waiting to be indexed.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>Searchable.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Indexing failed.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A question and its answer.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AnswerRequest
{
    /// <summary>The question as visitors ask it.</summary>
    [VisibleText(ErrorMessage = "The question is empty.")]
    [StringLength(500, ErrorMessage = "The question is longer than 500 characters.")]
    public string Question { get; init; } = "";

    /// <summary>The answer in Markdown.</summary>
    [VisibleText(ErrorMessage = "The answer is empty.")]
    [StringLength(20_000, ErrorMessage = "The answer is longer than 20,000 characters.")]
    public string Answer { get; init; } = "";

    /// <summary>Other ways to ask the question, at most 50. Searches match them; they are never shown.</summary>
    public IReadOnlyList<string>? Alternatives { get; init; }

    /// <summary>Address of a page with more information.</summary>
    [StringLength(2_000)]
    public string? Url { get; init; }

    /// <summary>Tags to filter by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Language, ISO 639-1. Detected from the text if omitted.</summary>
    public string? Language { get; init; }
}

public sealed record AnswerDetail(
    Guid Id,
    string Question,
    string Answer,
    IReadOnlyList<string> Alternatives,
    string? Url,
    IReadOnlyList<string> Tags,
    string? Language,
    DateTimeOffset UpdatedAt,
    EntryStatusName Status,
    string? Error);

public sealed record AnswerPage(IReadOnlyList<AnswerDetail> Answers, int Total);

[JsonConverter(typeof(StrictEnumConverter<DemoKindName>))]
public enum DemoKindName
{
    /// <summary>A video, or a part of one.</summary>
    [JsonStringEnumMemberName("video")]
    Video,

    [JsonStringEnumMemberName("image")]
    Image,

    /// <summary>A page of a presentation.</summary>
    [JsonStringEnumMemberName("slide")]
    Slide,

    /// <summary>A web page that can be embedded.</summary>
    [JsonStringEnumMemberName("page")]
    Page,
}

/// <summary>A demo that the assistant can show.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DemoRequest
{
    /// <summary>Kind of the demo.</summary>
    [Required(ErrorMessage = "The kind is missing. Use video, image, slide or page.")]
    public DemoKindName? Kind { get; init; }

    /// <summary>Address of the demo.</summary>
    [Required(ErrorMessage = "The url is empty.")]
    [StringLength(2_000)]
    public string Url { get; init; } = "";

    /// <summary>Start in a video, in seconds.</summary>
    [Range(0.0, 1_000_000.0)]
    public double? Start { get; init; }

    /// <summary>End in a video, in seconds.</summary>
    [Range(0.0, 1_000_000.0)]
    public double? End { get; init; }

    /// <summary>The slide, from 1.</summary>
    [Range(1, 100_000)]
    public int? Page { get; init; }

    /// <summary>The title. Searches match it.</summary>
    [VisibleText(ErrorMessage = "The title is empty.")]
    [StringLength(500, ErrorMessage = "The title is longer than 500 characters.")]
    public string Title { get; init; } = "";

    /// <summary>What it shows.</summary>
    [StringLength(5_000, ErrorMessage = "The description is longer than 5,000 characters.")]
    public string Description { get; init; } = "";

    /// <summary>When to show it: what a visitor asks or needs.</summary>
    [Required(ErrorMessage = "Describe when to show it: what a visitor asks or needs.")]
    [StringLength(2_000, ErrorMessage = "When to show it is longer than 2,000 characters.")]
    public string ShowWhen { get; init; } = "";

    /// <summary>Tags to filter by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Language, ISO 639-1. Detected from the text if omitted.</summary>
    public string? Language { get; init; }
}

public sealed record DemoDetail(
    Guid Id,
    DemoKindName Kind,
    string Url,
    double? Start,
    double? End,
    int? Page,
    string Title,
    string Description,
    string ShowWhen,
    IReadOnlyList<string> Tags,
    string? Language,
    DateTimeOffset UpdatedAt,
    EntryStatusName Status,
    string? Error);

public sealed record DemoPage(IReadOnlyList<DemoDetail> Demos, int Total);

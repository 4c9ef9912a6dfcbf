using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A rep has taken over the conversation. The assistant is silent until the conversation is given back.</summary>
public sealed record PersonJoined : ConversationEvent
{
    public required Guid RepId { get; init; }

    /// <summary>The rep's name.</summary>
    public required string Name { get; init; }
}

/// <summary>A message of a rep.</summary>
public sealed record PersonMessage : ConversationEvent
{
    public required Guid MessageId { get; init; }

    public required Guid RepId { get; init; }

    /// <summary>The rep's name.</summary>
    public required string Name { get; init; }

    /// <summary>Plain text with line breaks. Web addresses in it become links. Empty if only files were sent.</summary>
    public required string Text { get; init; }

    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
}

/// <summary>A rep no longer has the conversation, or nobody has answered.</summary>
public sealed record PersonLeft : ConversationEvent
{
    /// <summary>The rep; null if no rep had the conversation.</summary>
    public Guid? RepId { get; init; }

    /// <summary>The rep's name; null if no rep had the conversation.</summary>
    public string? Name { get; init; }

    public required PersonLeftReason Reason { get; init; }
}

/// <summary>Why a rep no longer has a conversation.</summary>
[JsonConverter(typeof(StrictEnumConverter<PersonLeftReason>))]
public enum PersonLeftReason
{
    /// <summary>The rep gave the conversation back. The assistant answers again.</summary>
    [JsonStringEnumMemberName("returned")]
    Returned,

    /// <summary>The conversation is closed.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>Another rep takes over, or the visitor waits for one.</summary>
    [JsonStringEnumMemberName("transferred")]
    Transferred,

    /// <summary>Nobody answered in time. The assistant answers again.</summary>
    [JsonStringEnumMemberName("no_reply")]
    NoReply,
}

/// <summary>The visitor chose the assistant instead of a person.</summary>
public sealed record AssistantChosen : ConversationEvent;

/// <summary>A file in a conversation: a picture (PNG, JPEG, GIF, WebP) or a PDF.</summary>
/// <param name="Id">The file.</param>
/// <param name="Name">The file's name, for people.</param>
/// <param name="ContentType">The type, as the content shows it.</param>
/// <param name="Bytes">The size.</param>
/// <param name="Url">Path of the file at this API. Who knows it can open the file.</param>
public sealed record Attachment(Guid Id, string Name, string ContentType, int Bytes, string Url);

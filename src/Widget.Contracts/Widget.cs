using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Opens the widget for a visitor.</summary>
public sealed record SessionRequest
{
    /// <summary>The public key in the script tag.</summary>
    [Required, StringLength(100)]
    public string SiteKey { get; init; } = "";

    /// <summary>The visitor's id from an earlier session; a new visitor without.</summary>
    public Guid? VisitorId { get; init; }

    /// <summary>Address of the page the widget is on.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>Begin a new conversation instead of going on with the visitor's last.</summary>
    public bool NewConversation { get; init; }

    /// <summary>What the visitor's browser can do: <c>audio</c>, <c>webrtc</c>, <c>microphone</c>. Everything, when left out.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Abilities { get; init; }
}

/// <summary>A visitor's session.</summary>
/// <param name="Token">Authorises the visitor's further requests, from the origin that asked for it: <c>Authorization: Bearer …</c></param>
/// <param name="ExpiresAt">When the token ends; a new session with the visitor's id gives the next.</param>
/// <param name="VisitorId">To be remembered by the browser; whoever has it can read the visitor's conversations.</param>
/// <param name="ConversationId">The conversation to go on with.</param>
/// <param name="LastSeq">Of the conversation's last event; 0 while it has none. What comes after it is new to the visitor's page.</param>
/// <param name="Config">How the widget looks and speaks.</param>
public sealed record SessionResponse(string Token, DateTimeOffset ExpiresAt, Guid VisitorId, Guid ConversationId, int LastSeq, WidgetConfig Config);

/// <summary>What the widget must know of the tenant.</summary>
public sealed record WidgetConfig
{
    public required string TenantName { get; init; }

    public required string AgentName { get; init; }

    /// <summary>The first thing the assistant says; null for the widget's own words in the visitor's language.</summary>
    public string? Greeting { get; init; }

    public required IReadOnlyList<string> SuggestedQuestions { get; init; }

    public required ThemeSettings Theme { get; init; }

    /// <summary>"auto" for the browser's, otherwise one of the widget's languages.</summary>
    public required string Locale { get; init; }

    /// <summary>Where a visitor finds a person besides the chat.</summary>
    public string? ContactUrl { get; init; }

    /// <summary>The widget as a page of its own, as a path at this API: a way on where a customer's page withholds devices.</summary>
    public string? HostedUrl { get; init; }

    /// <summary>The ways to talk that the visitor can choose from.</summary>
    public required IReadOnlyList<string> Modes { get; init; }

    /// <summary>How answers are read aloud; null when they are not.</summary>
    public SpeechOffer? Speech { get; init; }

    /// <summary>How the visitor can dictate; null when that is not offered.</summary>
    public DictationOffer? Dictation { get; init; }
}

/// <summary>A visitor's message.</summary>
public sealed record MessageRequest
{
    /// <summary>The sender's own id for it. Sending again with the same id is no second message.</summary>
    [Required, StringLength(64, MinimumLength = 1), RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId may not begin with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>What the visitor says.</summary>
    [Required(ErrorMessage = "The message is empty.")]
    [StringLength(MaxLength, ErrorMessage = "The message is longer than 4,000 characters.")]
    public string Text { get; init; } = "";

    /// <summary>The page it is asked on.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The language that the widget speaks to the visitor, as <c>de</c>; the question's own when left out.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>Longest message, in characters.</summary>
    public const int MaxLength = 4_000;
}

public sealed record RatingRequest
{
    /// <summary>An id of the sender's own; sending it again changes nothing.</summary>
    [Required, StringLength(64, MinimumLength = 1), RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId may not begin with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The answer that is rated.</summary>
    public Guid MessageId { get; init; }

    /// <summary>How it was found.</summary>
    public Rating Rating { get; init; }
}

public sealed record PersonRequest
{
    /// <summary>An id of the sender's own; sending it again changes nothing.</summary>
    [Required, StringLength(64, MinimumLength = 1), RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId may not begin with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";
}

/// <summary>Says who the visitor is.</summary>
public sealed record IdentifyRequest
{
    /// <summary>The visitor's id on the customer's site.</summary>
    [StringLength(200)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? Id { get; init; }

    /// <summary>The visitor's name.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>The visitor's e-mail address.</summary>
    [StringLength(320), EmailAddress]
    public string? Email { get; init; }
}

/// <summary>What the page says about itself, for the assistant to know: a product, a plan, a cart.</summary>
public sealed record ContextRequest
{
    /// <summary>At most 20 entries of at most 500 characters. One without a value is left out.</summary>
    [Required]
    public IReadOnlyDictionary<string, string?> Context { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Opens the widget for a visitor.</summary>
public sealed record SessionRequest
{
    /// <summary>The public key from the script tag.</summary>
    [Required, StringLength(100)]
    public string SiteKey { get; init; } = "";

    /// <summary>The visitor's ID from an earlier session. Omit it for a new visitor.</summary>
    public Guid? VisitorId { get; init; }

    /// <summary>Address of the page with the widget.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>Whether to start a new conversation instead of continuing the visitor's last one.</summary>
    public bool NewConversation { get; init; }

    /// <summary>Capabilities of the visitor's browser: <c>audio</c>, <c>webrtc</c>, <c>microphone</c>. Defaults to all.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Abilities { get; init; }
}

/// <summary>A visitor's session.</summary>
/// <param name="Token">Authorises the visitor's requests from the same origin: <c>Authorization: Bearer …</c></param>
/// <param name="ExpiresAt">When the token expires. Open a session with the visitor's ID to get a new one.</param>
/// <param name="VisitorId">The visitor's ID, to be stored in the browser. It gives access to the visitor's conversations.</param>
/// <param name="ConversationId">The conversation to continue.</param>
/// <param name="LastSeq">Sequence number of the conversation's last event; 0 if there is none. Later events are new to the page.</param>
/// <param name="Config">The widget's configuration.</param>
public sealed record SessionResponse(
    string Token,
    DateTimeOffset ExpiresAt,
    Guid VisitorId,
    Guid ConversationId,
    int LastSeq,
    WidgetConfig Config);

/// <summary>The widget's configuration for a tenant.</summary>
public sealed record WidgetConfig
{
    public required string TenantName { get; init; }

    public required string AgentName { get; init; }

    /// <summary>The assistant's greeting. If null, the widget greets in the visitor's language.</summary>
    public string? Greeting { get; init; }

    public required IReadOnlyList<string> SuggestedQuestions { get; init; }

    public required ThemeSettings Theme { get; init; }

    /// <summary>"auto" for the browser's language, or one of the widget's languages.</summary>
    public required string Locale { get; init; }

    /// <summary>How to reach a person outside the chat.</summary>
    public string? ContactUrl { get; init; }

    /// <summary>Path of the widget's hosted page at this API. Use it where the customer's page has no access to devices.</summary>
    public string? HostedUrl { get; init; }

    /// <summary>The modes of conversation that the visitor can use.</summary>
    public required IReadOnlyList<string> Modes { get; init; }

    /// <summary>How answers are read aloud; null if they are not.</summary>
    public SpeechOffer? Speech { get; init; }

    /// <summary>How the visitor can dictate; null if dictation is not offered.</summary>
    public DictationOffer? Dictation { get; init; }
}

/// <summary>A visitor's message.</summary>
public sealed record MessageRequest
{
    /// <summary>Your ID for the message. A request with the same ID does not create a second message.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The message.</summary>
    [Required(ErrorMessage = "The message is empty.")]
    [StringLength(4_000, ErrorMessage = "The message is longer than 4,000 characters.")]
    public string Text { get; init; } = "";

    /// <summary>The page on which the visitor sends the message.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>. Defaults to the question's language.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }
}

public sealed record RatingRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>ID of the rated answer.</summary>
    public Guid MessageId { get; init; }

    /// <summary>The rating.</summary>
    public Rating Rating { get; init; }
}

public sealed record PersonRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";
}

/// <summary>Identifies the visitor.</summary>
public sealed record IdentifyRequest
{
    /// <summary>The visitor's ID on the customer's site.</summary>
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

/// <summary>Information about the page for the assistant: a product, a plan, a cart.</summary>
public sealed record ContextRequest
{
    /// <summary>At most 20 entries of at most 500 characters. Entries without a value are ignored.</summary>
    [Required]
    public IReadOnlyDictionary<string, string?> Context { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Opens the widget for a visitor.</summary>
public sealed record SessionRequest : IValidatableObject
{
    /// <summary>The public key from the script tag.</summary>
    [Required, StringLength(100)]
    public string SiteKey { get; init; } = "";

    /// <summary>The visitor's ID from an earlier session. Omit it for a new visitor.</summary>
    public Guid? VisitorId { get; init; }

    /// <summary>
    /// Address of the page with the widget. If it is a link from an e-mail that continues a conversation, the session is of that
    /// conversation.
    /// </summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>Whether to start a new conversation instead of continuing the visitor's last one.</summary>
    public bool NewConversation { get; init; }

    /// <summary>
    /// An earlier conversation of the visitor to continue. If the visitor has no such conversation, the last one continues.
    /// </summary>
    public Guid? ConversationId { get; init; }

    /// <summary>
    /// The agent that the visitor wants to talk with. Without it, the parameter <c>agent</c> in the page's address counts. Ignored if the
    /// tenant doesn't let visitors choose.
    /// </summary>
    public Guid? AgentId { get; init; }

    /// <summary>Who the visitor is on the customer's site, with a proof. Null if the site doesn't know.</summary>
    public SessionIdentity? Identity { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>Capabilities of the visitor's browser: <c>audio</c>, <c>webrtc</c>, <c>microphone</c>. Defaults to all.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Abilities { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Identity is null ? [] : FieldErrors.OfPart(nameof(Identity), Identity);
}

/// <summary>Who the visitor is on the customer's site.</summary>
public sealed record SessionIdentity : IValidatableObject
{
    /// <summary>The visitor's ID on the customer's site.</summary>
    [StringLength(200, ErrorMessage = "identity.id can have at most 200 characters.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? Id { get; init; }

    /// <summary>The visitor's name.</summary>
    [StringLength(200, ErrorMessage = "identity.name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The visitor's e-mail address.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "identity.email is not an e-mail address.")]
    public string? Email { get; init; }

    /// <summary>
    /// Proves the ID: HMAC-SHA256 of the ID's UTF-8 bytes with the tenant's identity secret, as 64 lower-case hexadecimal digits. The
    /// customer's server computes it. Null if there is no proof; then nothing that belongs to the ID is shown.
    /// </summary>
    [StringLength(200)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? Hash { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Hash is not null && string.IsNullOrWhiteSpace(Id))
            yield return new("identity.id is required with identity.hash.", [nameof(Id)]);
    }
}

/// <summary>A visitor's session.</summary>
/// <param name="Token">Authorises the visitor's requests from the same origin: <c>Authorization: Bearer …</c></param>
/// <param name="ExpiresAt">When the token expires. Open a session with the visitor's ID to get a new one.</param>
/// <param name="VisitorId">The visitor's ID, to be stored in the browser. It gives access to the visitor's conversations.</param>
/// <param name="ConversationId">The conversation to continue.</param>
/// <param name="LastSeq">Sequence number of the conversation's last event; 0 if there is none. Later events are new to the page.</param>
/// <param name="Config">The widget's configuration.</param>
/// <param name="Verified">Whether the site has verified who the visitor is.</param>
/// <param name="ReadSeq">
/// Sequence number of the last event that the visitor has read on any device; null if no person was ever asked for in the conversation.
/// </param>
public sealed record SessionResponse(
    string Token,
    DateTimeOffset ExpiresAt,
    Guid VisitorId,
    Guid ConversationId,
    int LastSeq,
    WidgetConfig Config,
    bool Verified,
    int? ReadSeq = null);

/// <summary>A visitor's conversations, newest first.</summary>
/// <param name="Items">The conversations. Those without a message are left out.</param>
/// <param name="Next">Pass it as <c>before</c> to get older conversations; null if there are none.</param>
public sealed record ConversationPage(IReadOnlyList<ConversationSummary> Items, string? Next);

/// <summary>A conversation in a list.</summary>
/// <param name="Id">The conversation. Open it with <c>conversationId</c> of the session.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="LastAt">When it was last continued.</param>
/// <param name="Title">The visitor's first message, at most 120 characters; null if the visitor has written none.</param>
/// <param name="Preview">The last message as plain text, at most 160 characters.</param>
/// <param name="LastSeq">Sequence number of its last event.</param>
public sealed record ConversationSummary(
    Guid Id,
    DateTimeOffset StartedAt,
    DateTimeOffset LastAt,
    string? Title,
    string? Preview,
    int LastSeq);

/// <summary>The widget's configuration for a tenant.</summary>
public sealed record WidgetConfig
{
    public required string TenantName { get; init; }

    public required string AgentName { get; init; }

    /// <summary>The assistant's greeting. If null, the widget greets in the visitor's language.</summary>
    public string? Greeting { get; init; }

    /// <summary>What the assistant can do, in one or two sentences.</summary>
    public string? Introduction { get; init; }

    /// <summary>Greeting, introduction and suggested questions by language. Languages without any text are left out.</summary>
    public IReadOnlyDictionary<string, WidgetTranslation> Translations { get; init; } =
        new Dictionary<string, WidgetTranslation>(StringComparer.Ordinal);

    public required IReadOnlyList<string> SuggestedQuestions { get; init; }

    public required ThemeSettings Theme { get; init; }

    /// <summary>"auto" for the browser's language, or one of the widget's languages.</summary>
    public required string Locale { get; init; }

    /// <summary>How to reach a person outside the chat.</summary>
    public string? ContactUrl { get; init; }

    /// <summary>Web address of the company's logo.</summary>
    public string? LogoUrl { get; init; }

    /// <summary>Web address of the assistant's picture.</summary>
    public string? PortraitUrl { get; init; }

    /// <summary>The conversation's agent; null for the company's own assistant.</summary>
    public Guid? AgentId { get; init; }

    /// <summary>Whether the visitor can choose an agent.</summary>
    public bool CanChooseAgent { get; init; }

    /// <summary>Whether people answer now, and when they answer next; null if the tenant has not set its office hours.</summary>
    public PersonAvailability? Availability { get; init; }

    /// <summary>Whether visitors can book meetings.</summary>
    public MeetingOffer Meetings { get; init; } = new(Enabled: false, Url: null);

    /// <summary>The form to fill in before the chat; without fields if there is none.</summary>
    public PreChatSettings PreChat { get; init; } = new();

    /// <summary>The questions of the company that can be answered in the chat. Empty if there are none.</summary>
    public IReadOnlyList<VisitorQuestion> Questions { get; init; } = [];

    /// <summary>Whether the tenant has demos that can be shown in a conversation.</summary>
    public bool HasDemos { get; init; }

    /// <summary>Whether the tenant has prices that can be shown in a conversation.</summary>
    public bool HasPrices { get; init; }

    /// <summary>Whether a transcript can be sent by e-mail.</summary>
    public bool Transcripts { get; init; }

    /// <summary>Whether visitors can send files.</summary>
    public bool Attachments { get; init; }

    /// <summary>Path of the widget's hosted page at this API. Use it where the customer's page has no access to devices.</summary>
    public string? HostedUrl { get; init; }

    /// <summary>The modes of conversation that the visitor can use.</summary>
    public required IReadOnlyList<string> Modes { get; init; }

    /// <summary>How answers are read aloud; null if they are not.</summary>
    public SpeechOffer? Speech { get; init; }

    /// <summary>How the visitor can dictate; null if dictation is not offered.</summary>
    public DictationOffer? Dictation { get; init; }
}

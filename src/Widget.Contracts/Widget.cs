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

    /// <summary>Who the visitor is on the customer's site, with a proof. Null if the site doesn't know.</summary>
    public SessionIdentity? Identity { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>Capabilities of the visitor's browser: <c>audio</c>, <c>webrtc</c>, <c>microphone</c>. Defaults to all.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Abilities { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Identity is null) return [];
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(Identity, new ValidationContext(Identity), problems, validateAllProperties: true);
        return problems.Select(problem =>
            new ValidationResult(problem.ErrorMessage, [.. problem.MemberNames.Select(member => $"{nameof(Identity)}.{member}")]));
    }
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
/// <param name="Verified">Whether the site has proved who the visitor is.</param>
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

/// <summary>A visitor's message.</summary>
public sealed record MessageRequest : IValidatableObject
{
    /// <summary>Your ID for the message. A request with the same ID does not create a second message.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The message. It may be empty if files are attached.</summary>
    [StringLength(4_000, ErrorMessage = "The message is longer than 4,000 characters.")]
    public string Text { get; init; } = "";

    /// <summary>The page on which the visitor sends the message.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>. Defaults to the question's language.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>IDs of files that were uploaded to the conversation before, at most 10.</summary>
    [MaxLength(10, ErrorMessage = "A message can have at most 10 attachments.")]
    public IReadOnlyList<Guid>? Attachments { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Attachments is not { Count: > 0 } && !new VisibleTextAttribute().IsValid(Text))
            yield return new("The message is empty.", [nameof(Text)]);
    }
}

public sealed record RatingRequest : IValidatableObject
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

    /// <summary>Why the answer was rated down.</summary>
    public RatingReason? Reason { get; init; }

    /// <summary>What the visitor says about an answer that they rate down.</summary>
    [StringLength(1_000, ErrorMessage = "comment can have at most 1,000 characters.")]
    public string? Comment { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Rating == Rating.Down) yield break;
        if (Reason is not null) yield return new("A reason can only be given with the rating \"down\".", [nameof(Reason)]);
        if (Comment is not null) yield return new("A comment can only be given with the rating \"down\".", [nameof(Comment)]);
    }
}

/// <summary>Asks for a person. All fields but the client ID are optional.</summary>
public sealed record PersonRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The visitor's name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The visitor's e-mail address. With an address, the request is kept as a lead.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string? Email { get; init; }

    /// <summary>What the person should know.</summary>
    [StringLength(2_000, ErrorMessage = "message can have at most 2,000 characters.")]
    public string? Message { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    [StringLength(1_000, ErrorMessage = "consent can have at most 1,000 characters.")]
    public string? Consent { get; init; }
}

/// <summary>Asks for a person. All fields are optional.</summary>
public sealed record HumanRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect. Without it, each request counts.</summary>
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? ClientId { get; init; }

    /// <summary>Why the visitor wants a person, in a few words. The staff see it in the inbox.</summary>
    [StringLength(500, ErrorMessage = "reason can have at most 500 characters.")]
    public string? Reason { get; init; }

    /// <summary>The visitor's name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The visitor's e-mail address. With an address, the request is kept as a lead.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string? Email { get; init; }

    /// <summary>What the person should know.</summary>
    [StringLength(2_000, ErrorMessage = "message can have at most 2,000 characters.")]
    public string? Message { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    [StringLength(1_000, ErrorMessage = "consent can have at most 1,000 characters.")]
    public string? Consent { get; init; }
}

/// <summary>Chooses the assistant instead of a person.</summary>
public sealed record AssistantRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";
}

/// <summary>Says how far the conversation has been read.</summary>
public sealed record ReadRequest
{
    /// <summary>Sequence number of the last event that was read.</summary>
    [Range(0, int.MaxValue, ErrorMessage = "seq must not be negative.")]
    public int Seq { get; init; }
}

/// <summary>Gives contact details, or declines to. An e-mail address or a telephone number is required, unless declined.</summary>
public sealed record ContactRequest : IValidatableObject
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The visitor's e-mail address.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string? Email { get; init; }

    /// <summary>
    /// The visitor's telephone number. Without a country code, it is read as a number of the tenant's or the visitor's region.
    /// </summary>
    [StringLength(40, ErrorMessage = "phone can have at most 40 characters.")]
    public string? Phone { get; init; }

    /// <summary>The visitor's name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    [StringLength(1_000, ErrorMessage = "consent can have at most 1,000 characters.")]
    public string? Consent { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>Whether the visitor declines. Then nothing of the request is kept.</summary>
    public bool Declined { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Declined && string.IsNullOrWhiteSpace(Email) && string.IsNullOrWhiteSpace(Phone))
            yield return new("email or phone is required, unless declined is true.", [nameof(Email)]);
    }
}

/// <summary>Asks for a transcript of the conversation by e-mail.</summary>
public sealed record TranscriptRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>Where to send the transcript.</summary>
    [Required(ErrorMessage = "email is missing.")]
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string Email { get; init; } = "";

    /// <summary>The language of the e-mail, such as <c>de</c>. Defaults to the visitor's language.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }
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
